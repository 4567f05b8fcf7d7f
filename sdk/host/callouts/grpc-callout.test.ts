import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import { BufferType, MapType, StreamType } from "../status.js";
import { messages, throwsCode } from "../testing/assertions.js";
import { type Probe, type ProbeStep, probeModule } from "../testing/probe.js";
import type { GrpcCluster } from "./clusters.js";

const CALL: ProbeStep = {
  do: "grpcCall",
  service: "grpc",
  method: "Find",
  message: "who",
  metadata: [["x-key", "1"]],
  timeout: 100,
};
const STREAM: ProbeStep = { do: "grpcStream", service: "grpc", method: "Watch" };
const BODY: ProbeStep = { do: "body", buffer: BufferType.GrpcReceiveBuffer };
const SEEN: Probe = {
  grpc_receive_initial_metadata: {
    steps: [{ do: "get", map: MapType.GrpcReceiveInitialMetadata, name: "x-i" }],
  },
  grpc_receive: {
    steps: [BODY, { do: "effectiveStream" }, { do: "continue", stream: StreamType.Request }],
  },
  grpc_close: { steps: [{ do: "status" }] },
};
const host = (grpc: GrpcCluster, steps: readonly ProbeStep[]) =>
  new Host(probeModule({ request_headers: { steps, returns: 1 }, ...SEEN }), {
    clusters: { grpc: { grpc } },
  });
const rootLog = (from: Host) => messages(from.logs).filter((line) => /^(grpc_|get|body|status)/.test(line));

describe("gRPC callouts", () => {
  it("of one message are answered by the test", () => {
    const probed = host((call) => ({ messages: [`${call.method} ${call.messages[0]}`] }), [CALL]);
    const exchange = probed.exchange();
    assert.equal(exchange.response.status, 200);
    const [call] = exchange.grpcCallouts;
    assert.deepEqual(
      [call?.kind, call?.token, call?.service, call?.metadata.get("x-key"), call?.ended, call?.state],
      ["grpcCall", 5, "test.Service", "1", true, "answered"],
    );
    assert.deepEqual(rootLog(probed), ["grpc_receive(5,end=8)", "body 5=0:Find who"]);
  });

  it("fail, late too, and time out in virtual time", () => {
    const failing = host({ status: 5, statusMessage: "nobody", afterMs: 30 }, [CALL]);
    failing.exchange();
    failing.advance(29);
    assert.deepEqual(rootLog(failing), []);
    failing.advance(1);
    assert.deepEqual(rootLog(failing), ["grpc_close(5,end=5)", "status=0:5:nobody{via_upstream}"]);

    const slow = host("timeout", [CALL]);
    slow.exchange();
    slow.advance(100);
    assert.deepEqual(rootLog(slow), [
      "grpc_close(5,end=14)",
      "status=0:14:upstream request timeout{response_timeout}",
    ]);
  });

  it("of many messages are driven by hand, and end once", () => {
    const probed = host(() => undefined, [STREAM, { do: "grpcSend", token: 6, message: "a" }]);
    probed.exchange();
    const stream = probed.grpcCallouts[0]!;
    assert.deepEqual(stream.messages.map(String), ["a"]);
    stream.open({ "x-i": "1" }).send("one").send("two").close({ status: 3 });
    throwsCode(() => stream.send("late"), "USAGE", /6 to grpc is answered/);
    assert.deepEqual(rootLog(probed), [
      "grpc_receive_initial_metadata(6,end=3)",
      "get 4 x-i=0:1",
      "grpc_receive(6,end=3)",
      "body 5=0:one",
      "grpc_receive(6,end=3)",
      "body 5=0:two",
      "grpc_close(6,end=3)",
      "status=0:3:via_upstream",
    ]);
  });

  it("are cancelled by the filter, and with their root context", () => {
    const cancelled = host("timeout", [CALL, { do: "grpcCancel", token: 5 }]);
    cancelled.exchange();
    cancelled.advance(1000);
    assert.equal(cancelled.grpcCallouts[0]?.state, "cancelled");
    const closed = host("timeout", [STREAM]);
    closed.exchange();
    closed.close();
    assert.equal(closed.grpcCallouts[0]?.state, "cancelled");
    assert.deepEqual(rootLog(closed), []);
  });

  it("to a cluster that only answers HTTP are Unavailable", () => {
    const probed = new Host(probeModule({ request_headers: { steps: [CALL] }, ...SEEN }), {
      clusters: { grpc: { status: 200 } },
    });
    probed.exchange();
    assert.deepEqual(rootLog(probed), ["grpc_close(5,end=14)", "status=0:14:via_upstream"]);
  });

  it("to a cluster whose name reads as a GrpcService without a target crash Envoy", () => {
    const steps = [{ ...CALL, service: "users" } as ProbeStep];
    const probed = new Host(probeModule({ request_headers: { steps } }), {
      clusters: { users: { grpc: {} } },
    });
    throwsCode(() => probed.exchange(), "ENVOY_CRASH", /"users"/);
  });
});
