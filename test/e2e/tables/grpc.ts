import type { HttpCase } from "./http-case.js";

/** What becomes of the path's call or stream, as test/e2e/filters/grpc tells it. */
const asks = (name: string, path: string, events: string, started = 0): HttpCase => ({
  name,
  request: { path },
  expect: { status: 200, upstream: { "x-events": [events], "x-started": [String(started)] } },
});

/** What test/e2e/filters/grpc must do: calls and streams to a real gRPC server. */
export const grpcCases: HttpCase[] = [
  asks("asks a gRPC server and gets its answer", "/call/echo", "answer question 8"),
  asks(
    "writes and reads protobuf messages",
    "/call/protobuf",
    "answer grüße 🎉,-1,-3,yes,1.5,0.25,200,7,300 258",
  ),
  asks("hears that a gRPC call has failed", "/call/fail", "failed 7 'not you{via_upstream}'"),
  asks("hears that a gRPC answer has no message", "/call/empty", "failed 13 ''"),
  asks(
    "hears that a gRPC call was reset",
    "/call/reset",
    "failed 14 'upstream connect error or disconnect/reset before headers. reset reason: remote reset{upstream_reset_before_response_started{remote_reset}}'",
  ),
  asks(
    "hears that a gRPC call took too long",
    "/call/hang",
    "failed 14 'upstream request timeout{response_timeout}'",
  ),
  asks("is told that a gRPC cluster does not exist", "/call/nowhere", "", 10),
  asks("has one gRPC call under way for each handler", "/call/twice", "again 2; answer question 8"),
  asks("cancels a gRPC call", "/call/cancel", "open; cancel 0 1", 7),
  asks(
    "talks on a gRPC stream and closes it",
    "/stream/close",
    "send 0; close 0; initial 1; message one; trailing 2 2; closed 0 'via_upstream' 1",
  ),
  asks(
    "sends on a gRPC stream from its callbacks",
    "/stream/answer",
    "send 0; initial 1; message one; message two; trailing 2 2; closed 0 'via_upstream' 1",
  ),
  asks(
    "ends a gRPC stream with its last message",
    "/stream/bytes",
    "send 0; initial 1; message one; message bytes; trailing 2 2; closed 0 'via_upstream' 1",
  ),
  asks(
    "hears that a gRPC stream has failed",
    "/stream/fail",
    "initial null; trailing null 2; closed 7 'not you{via_upstream}' 1",
  ),
  asks(
    "hears that a gRPC stream was reset",
    "/stream/reset",
    "initial null; trailing null 2; closed 14 'upstream connect error or disconnect/reset before headers. reset reason: remote reset{upstream_reset_before_response_started{remote_reset}}' 1",
  ),
  asks("cancels a gRPC stream", "/stream/cancel", "send 0; initial 1; message one; cancel 0"),
  asks("is told that a gRPC stream's cluster does not exist", "/stream/nowhere", "", 10),
  {
    name: "cancels a gRPC stream with the stream that opened it",
    request: { path: "/stream/hang" },
    expect: {
      status: 200,
      upstream: { "x-events": ["open"] },
      logs: [{ level: "info", message: "the end" }],
    },
  },
];
