import { encodeProtobuf } from "../foreign/protobuf.js";
import { BufferType, MapType, StreamType } from "../status.js";
import type { AgreementCase } from "./agreement.js";
import type { Probe, ProbeStep } from "./probe.js";

const READ: ProbeStep[] = [
  { do: "body", buffer: BufferType.GrpcReceiveBuffer },
  { do: "get", map: MapType.GrpcReceiveInitialMetadata, name: "x-i" },
  { do: "get", map: MapType.GrpcReceiveTrailingMetadata, name: "x-t" },
  { do: "get", map: MapType.GrpcReceiveTrailingMetadata, name: "grpc-status" },
  { do: "add", map: MapType.GrpcReceiveInitialMetadata, name: "x", value: "y" },
  { do: "status" },
];
const RESUME: ProbeStep[] = [{ do: "effectiveStream" }, { do: "continue", stream: StreamType.Request }];
const ALL: Probe = {
  grpc_receive_initial_metadata: { steps: READ },
  grpc_receive: { steps: READ },
  grpc_receive_trailing_metadata: { steps: READ },
  grpc_close: { steps: READ },
  response_headers: {},
  delete: {},
};
const RESUMED = { steps: [...READ, ...RESUME] };
const OK = { body: "body" };
const call = (method: string, service = "grpc", timeout = 2000): ProbeStep => ({
  do: "grpcCall",
  service,
  method,
  message: "question",
  timeout,
});
const stream = (method: string, service = "grpc"): ProbeStep => ({ do: "grpcStream", service, method });
const service = (cluster: string) => encodeProtobuf([[1, encodeProtobuf([[1, cluster]])]]).toString("latin1");
const asks = (name: string, steps: readonly ProbeStep[], probe: Probe = {}): AgreementCase => ({
  name: `gRPC: ${name}`,
  probe: { ...ALL, request_headers: { steps, returns: 1 }, ...probe },
  response: OK,
});
const CLOSED = { grpc_close: RESUMED };

export const GRPC_CASES: readonly AgreementCase[] = [
  asks("a call is answered with one message and no close", [call("Echo")], { grpc_receive: RESUMED }),
  asks("a call by GrpcService", [call("Echo", service("grpc"))], { grpc_receive: RESUMED }),
  asks("a call that fails", [call("Fail")], CLOSED),
  asks("a call without an answer", [call("Empty")], CLOSED),
  asks("a call that breaks", [call("Reset")], CLOSED),
  asks("a call that takes too long", [call("Hang", "grpc", 100)], CLOSED),
  asks(
    "a stream",
    [stream("Echo"), { do: "grpcSend", token: 6, message: "one" }, { do: "grpcClose", token: 6 }],
    CLOSED,
  ),
  asks(
    "a stream that ends with its last message",
    [stream("Echo"), { do: "grpcSend", token: 6, message: "one", end: true }],
    CLOSED,
  ),
  asks("a stream that fails", [stream("Fail")], CLOSED),
  asks("a stream that breaks", [stream("Reset")], CLOSED),
  asks("a stream that breaks later", [stream("Break"), { do: "grpcSend", token: 6, message: "one" }], CLOSED),
  asks(
    "tokens and what cannot be",
    [
      call("Echo", "nowhere"),
      stream("Echo", "nowhere"),
      { do: "grpcSend", token: 5, message: "x" },
      { do: "grpcSend", token: 6, message: "x" },
      { do: "grpcSend", token: 4, message: "x" },
      { do: "grpcClose", token: 4 },
      { do: "grpcClose", token: 5 },
      { do: "grpcClose", token: 6 },
      { do: "grpcCancel", token: 4 },
      { do: "grpcCancel", token: 5 },
      { do: "grpcCancel", token: 6 },
      call("Hang"),
      call("Hang"),
      stream("Hang"),
      stream("Hang"),
      { do: "grpcCancel", token: 5 },
      { do: "grpcClose", token: 9 },
      { do: "grpcCancel", token: 6 },
      { do: "grpcClose", token: 10 },
      { do: "grpcCancel", token: 10 },
      { do: "grpcCancel", token: 10 },
      call("Echo"),
    ],
    { grpc_receive: RESUMED },
  ),
  asks("a call to a cluster that is not there", [call("Echo", service("nowhere"))], CLOSED),
  asks("a call to a cluster without hosts", [call("Echo", "down")], CLOSED),
  asks("a stream to a cluster without hosts", [stream("Echo", "down")], CLOSED),
];
