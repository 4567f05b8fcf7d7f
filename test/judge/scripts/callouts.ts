import { encodeProtobuf } from "../../../sdk/host/foreign/protobuf.js";
import type { Behaviour, Script, Step } from "../script.js";
import { call, GET, LOCAL, RESUME } from "./messages.js";

const READ: readonly Step[] = [
  ["get_header_map_pairs", 6],
  ["get_header_map_pairs", 7],
  ["get_header_map_value", 6, ":status"],
  ["get_header_map_value", 6, "x-user"],
  ["add_header_map_value", 6, "x", "y"],
  ["get_buffer_bytes", 4, 0, -1],
  ["get_buffer_bytes", 4, 2, 3],
  ["set_buffer_bytes", 4, 0, 0, "x"],
  ["get_status"],
];
const asks = (name: string, steps: readonly Step[], more: Behaviour = {}): Script => ({
  name,
  does: {
    request_headers: { steps, returns: 1 },
    http_call_response: { steps: [...READ, ...RESUME] },
    ...more,
  },
  exchanges: [GET],
});

const READ_GRPC: readonly Step[] = [
  ["get_buffer_bytes", 5, 0, -1],
  ["get_header_map_pairs", 4],
  ["get_header_map_pairs", 5],
  ["get_header_map_value", 4, "x-i"],
  ["add_header_map_value", 4, "x", "y"],
  ["get_status"],
];
const grpc = (method: string, service = "grpc", timeout = 1000): Step => [
  "grpc_call",
  service,
  "test.Service",
  method,
  [],
  "question",
  timeout,
];
const stream = (method: string, service = "grpc"): Step => [
  "grpc_stream",
  service,
  "test.Service",
  method,
  [],
];
const target = (cluster: string) => encodeProtobuf([[1, encodeProtobuf([[1, cluster]])]]).toString("utf8");
const asksGrpc = (
  name: string,
  steps: readonly Step[],
  ends: "grpc_receive" | "grpc_close" = "grpc_close",
): Script => ({
  name: `gRPC: ${name}`,
  does: {
    request_headers: { steps, returns: 1 },
    grpc_receive_initial_metadata: { steps: READ_GRPC },
    grpc_receive_trailing_metadata: { steps: READ_GRPC },
    grpc_receive: { steps: [...READ_GRPC, ...(ends === "grpc_receive" ? RESUME : [])] },
    grpc_close: { steps: [...READ_GRPC, ...(ends === "grpc_close" ? RESUME : [])] },
  },
  exchanges: [GET],
});

/** Section 6, callouts. */
export const CALLOUT_SCRIPTS: readonly Script[] = [
  asks("a callout's answer is read on the root context, in its callback", [call("/body")]),
  asks("a callout's answer with trailers", [call("/trailers")]),
  asks("a callout's answer without a body", [call("/empty")]),
  asks("a callout's answer that is an error is an answer", [call("/broken")]),
  asks("a callout that nobody answers in time is a 504", [call("/hang", 100)]),
  asks("a callout whose answer breaks off is a reset: no headers, status 11", [call("/cut")]),
  asks("a callout to where nobody listens is a 503", [call("/body", 1000, "nobody")]),
  asks("a callout without a timeout", [call("/body", 0)]),
  asks("what a callout's request looks like to the callee", [
    [
      "http_call",
      "auth",
      [
        [":path", "/echo?q=1"],
        [":method", "POST"],
        [":authority", "auth.test"],
        ["X-One", "1"],
        ["x-one", "2"],
        ["content-type", "a/b"],
      ],
      "question",
      [["x-t", "1"]],
      900,
    ],
  ]),
  asks("a callout's content-length is Envoy's, whatever the filter says", [
    [
      "http_call",
      "auth",
      [
        [":path", "/echo"],
        [":method", "POST"],
        [":authority", "auth.test"],
        ["content-length", "99"],
      ],
      "question",
      [],
      900,
    ],
  ]),
  asks(
    "callouts have the numbers 4 and 8, one from the other's callback, and the stream goes on with the second answer",
    [call("/body")],
    {
      http_call_response: [
        { steps: [...READ.slice(0, 2), call("/created")] },
        { steps: [...READ, ...RESUME] },
      ],
    },
  ),
  asks("a callout's answer is readable through the stream until it resumes", [call("/body")], {
    http_call_response: {
      steps: [
        ["set_effective_context", { kept: "stream" }],
        ["get_header_map_value", 6, ":status"],
        ["get_buffer_bytes", 4, 0, -1],
        ["get_header_map_value", 0, ":path"],
        ["add_header_map_value", 0, "x-user", "jo"],
        ["continue_stream", 0],
      ],
    },
    response_headers: { steps: READ },
  }),
  asks("a local response from a callout's callback is lost without the stream's context", [call("/denied")], {
    http_call_response: {
      steps: [
        ["send_local_response", 500, "", "lost", [], -1],
        ["set_effective_context", { kept: "stream" }],
        LOCAL,
      ],
    },
  }),
  asks("a callout from the response's headers resumes the response", [], {
    request_headers: {},
    response_headers: { steps: [call("/body")], returns: 1 },
    http_call_response: {
      steps: [
        ["set_effective_context", { kept: "stream" }],
        ["add_header_map_value", 2, "x-from-callout", "1"],
        ["continue_stream", 1],
      ],
    },
  }),
  asks("callouts that cannot be made: which of their headers must be there", [
    ["http_call", "unknown", [], "", [], 100],
    ["http_call", "", [], "", [], 100],
    ["http_call", "auth", [], "", [], 100],
    [
      "http_call",
      "auth",
      [
        [":path", "/"],
        [":method", "GET"],
      ],
      "",
      [],
      100,
    ],
    [
      "http_call",
      "auth",
      [
        [":path", "/"],
        [":authority", "x"],
      ],
      "",
      [],
      100,
    ],
    [
      "http_call",
      "auth",
      [
        [":method", "GET"],
        [":authority", "x"],
      ],
      "",
      [],
      100,
    ],
    call("/body"),
  ]),
  {
    name: "a callout that fails at once is InternalFailure, and no callback comes",
    does: { request_headers: { steps: [call("/body", 1000, "down")] } },
    exchanges: [GET, GET],
    waits: 100,
  },
  {
    name: "a callout without a timeout that nobody answers never ends",
    does: { request_headers: { steps: [call("/hang", 0), call("/hang", 300)] } },
    exchanges: [GET],
    waits: 900,
  },
  asks("a trap in a callout's callback leaves the stream waiting", [call("/body")], {
    http_call_response: { steps: ["trap"] },
  }),
  {
    name: "a callout from configure is answered on the root context",
    does: { configure: { steps: [call("/body", 5000)] }, http_call_response: { steps: READ } },
  },
  asksGrpc("a call is answered by one message", [grpc("Echo")], "grpc_receive"),
  asksGrpc("a call by a serialized GrpcService", [grpc("Echo", target("grpc"))], "grpc_receive"),
  asksGrpc("a call that fails", [grpc("Fail")]),
  asksGrpc("a call without an answer is status 13", [grpc("Empty")]),
  asksGrpc("a call that breaks", [grpc("Reset")]),
  asksGrpc("a call that takes too long is status 14", [grpc("Hang", "grpc", 100)]),
  asksGrpc("a call to a cluster that is not there", [grpc("Echo", target("nowhere"))]),
  asksGrpc("a call to a cluster without hosts", [grpc("Echo", "down")]),
  asksGrpc("a stream with a message and an end", [
    stream("Echo"),
    ["grpc_send", 6, "one", 0],
    ["grpc_close", 6],
  ]),
  asksGrpc("a stream that ends with its last message", [stream("Echo"), ["grpc_send", 6, "one", 1]]),
  asksGrpc("a stream that fails", [stream("Fail")]),
  asksGrpc("a stream that breaks", [stream("Reset")]),
  asksGrpc("a stream to a cluster without hosts calls back inside the hostcall", [stream("Echo", "down")]),
  asksGrpc(
    "numbers, and what cannot be",
    [
      grpc("Echo", target("nowhere")),
      ["grpc_send", 5, "x", 0],
      ["grpc_send", 4, "x", 0],
      ["grpc_close", 4],
      ["grpc_close", 5],
      ["grpc_cancel", 6],
      stream("Hang"),
      ["grpc_cancel", 6],
      ["grpc_cancel", 6],
      ["grpc_close", 6],
      grpc("Echo"),
    ],
    "grpc_receive",
  ),
];
