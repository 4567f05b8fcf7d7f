import type { Script, Step } from "../script.js";
import { call, GET, LOCAL, POST, RESUME, WHOLE } from "./messages.js";

const status = (code: number, body = "", headers: readonly (readonly [string, string])[] = []): Step => [
  "send_local_response",
  code,
  "",
  body,
  headers,
  -1,
];
const grpcReply = (code: number): Step => ["send_local_response", 403, "", "no", [["x-l", "1"]], code];
const DETAILS: Step = ["get_property", "response\0code_details"];
const GRPC_REQUEST = { method: "POST", headers: [["content-type", "application/grpc"]] as const };

/** Section 6: local responses, closing, traps, and the order of a stream's end. */
export const ENDING_SCRIPTS: readonly Script[] = [
  { name: "the order of callbacks: a request and a response with everything", does: {}, exchanges: [WHOLE] },
  { name: "the order of callbacks: nothing but headers", does: {}, exchanges: [{}] },
  { name: "the order of callbacks: bodies of a known length", does: {}, exchanges: [POST] },
  { name: "the order of callbacks: a response of 204", does: {}, exchanges: [{ response: { status: 204 } }] },
  { name: "the order of callbacks: HEAD", does: {}, exchanges: [{ method: "HEAD" }] },
  {
    name: "three streams in turn have contexts and numbers of their own",
    does: { request_headers: { steps: [["set_effective_context", 2]] } },
    exchanges: [GET, GET, GET],
  },
  {
    name: "a local response from the request headers comes after the callback, through the filter's own response callbacks",
    does: {
      request_headers: { steps: [LOCAL, ["get_header_map_value", 0, ":path"]] },
      response_headers: {
        steps: [
          ["get_header_map_pairs", 2],
          ["get_header_map_pairs", 0],
          ["add_header_map_value", 2, "x-after", "1"],
          ["get_property", "response\0code"],
          DETAILS,
        ],
      },
      response_body: { steps: [["get_buffer_bytes", 1, 0, -1]] },
      log: { steps: [["get_header_map_value", 2, "x-after"], DETAILS] },
    },
    exchanges: [POST],
  },
  {
    name: "a local response overrides what the callback returns",
    does: { request_headers: { steps: [LOCAL], returns: 0 }, response_headers: { returns: 0 } },
    exchanges: [WHOLE],
  },
  {
    name: "of two local responses the first counts",
    does: { request_headers: { steps: [LOCAL, status(404, "other")] } },
    exchanges: [GET],
  },
  {
    name: "a local response from the request's body",
    does: { request_body: { steps: [LOCAL] } },
    exchanges: [POST],
  },
  {
    name: "a local response from the request's trailers",
    does: { request_trailers: { steps: [LOCAL] } },
    exchanges: [WHOLE],
  },
  {
    name: "a local response from the response's headers goes past the filter",
    does: { response_headers: { steps: [LOCAL] } },
    exchanges: [GET],
  },
  {
    name: "after a local response from the response's headers the upstream's trailers are not in the access log",
    does: {
      response_headers: { steps: [LOCAL] },
      log: {
        steps: [
          ["get_header_map_pairs", 3],
          ["get_header_map_value", 3, "x-rt"],
          ["get_header_map_pairs", 2],
        ],
      },
    },
    exchanges: [WHOLE],
  },
  {
    name: "trailers that are changed once they are sent stay as they were",
    does: {
      request_headers: { steps: [["remove_header_map_value", 0, "content-length"]] },
      request_body: [{}, { steps: [["add_header_map_value", 1, "x-made", "1"]], returns: 1 }],
      delete: { steps: [["set_header_map_pairs", 1, [["x-late", "1"]]]] },
    },
    exchanges: [POST],
  },
  {
    name: "a local response that comes too late still gives the details of the response",
    does: { response_body: [{ steps: [LOCAL] }], log: { steps: [DETAILS] } },
    exchanges: [POST],
  },
  {
    name: "a local response from the response's body, when headers are on their way, cuts the stream off",
    does: { response_body: { steps: [LOCAL] } },
    exchanges: [GET],
  },
  {
    name: "a local response from the response's trailers cuts the stream off",
    does: { response_trailers: { steps: [LOCAL] } },
    exchanges: [WHOLE],
  },
  {
    name: "a local response without a body has no body callback, and keeps its own content type and no length",
    does: {
      request_headers: {
        steps: [
          status(204, "", [
            ["content-type", "a/b"],
            ["content-length", "7"],
          ]),
        ],
      },
      response_headers: { steps: [["get_header_map_pairs", 2]] },
    },
  },
  {
    name: "a local response with a content type of its own",
    does: {
      request_headers: { steps: [status(200, "{}", [["content-type", "application/json"]])] },
      response_headers: { steps: [["get_header_map_pairs", 2]] },
    },
  },
  {
    name: "a local response's header that repeats, and one with an upper-case name",
    does: {
      request_headers: {
        steps: [
          status(200, "x", [
            ["X-One", "1"],
            ["x-one", "2"],
            ["set-cookie", "a=1"],
            ["set-cookie", "b=2"],
          ]),
        ],
      },
      response_headers: { steps: [["get_header_map_pairs", 2]] },
    },
  },
  {
    name: "whitespace in the details of a local response becomes underscores",
    does: {
      request_headers: { steps: [["send_local_response", 400, "not \t today\n", "", [], -1]] },
      log: { steps: [DETAILS] },
    },
  },
  {
    name: "a local response to HEAD has no body",
    does: { request_headers: { steps: [LOCAL] } },
    exchanges: [{ method: "HEAD" }],
  },
  {
    name: "a local response to gRPC carries the status",
    does: {
      request_headers: { steps: [grpcReply(7)] },
      response_headers: { steps: [["get_header_map_pairs", 2]] },
    },
    exchanges: [GRPC_REQUEST],
  },
  {
    name: "a local response to gRPC with status 99 has the one that its HTTP status stands for",
    does: {
      request_headers: { steps: [grpcReply(99)] },
      response_headers: { steps: [["get_header_map_pairs", 2]] },
    },
    exchanges: [GRPC_REQUEST],
  },
  {
    name: "a local response of gRPC status to plain HTTP says nothing of it",
    does: {
      request_headers: { steps: [grpcReply(7)] },
      response_headers: { steps: [["get_header_map_pairs", 2]] },
    },
    exchanges: [GET],
  },
  {
    name: "a local response outside a stream is Ok and lost",
    does: {
      configure: { steps: [LOCAL] },
      log: { steps: [["set_tick_period_milliseconds", 40]] },
      tick: { steps: [LOCAL, ["set_tick_period_milliseconds", 0]] },
    },
    waits: 120,
  },
  {
    name: "a local response from a tick, for a stream that waits",
    does: {
      request_headers: { steps: [["set_tick_period_milliseconds", 40]], returns: 1 },
      tick: {
        steps: [["set_tick_period_milliseconds", 0], ["set_effective_context", { kept: "stream" }], LOCAL],
      },
    },
    exchanges: [GET],
  },
  {
    name: "a local response from a stream's context_create",
    does: { context_create: [{}, { steps: [LOCAL] }] },
    exchanges: [GET],
  },
  {
    name: "closing the stream from the request's headers",
    does: { request_headers: { steps: [["close_stream", 0]] } },
    exchanges: [GET],
  },
  {
    name: "closing the stream from the request's body",
    does: { request_body: [{ steps: [["close_stream", 0]] }] },
    exchanges: [POST],
  },
  {
    name: "closing the stream from the response's headers, by the number of the response",
    does: { response_headers: { steps: [["close_stream", 1]] } },
    exchanges: [GET],
  },
  {
    name: "closing the stream from the response's body",
    does: { response_body: [{ steps: [["close_stream", 1]] }] },
    exchanges: [GET],
  },
  {
    name: "closing or resuming a connection from an HTTP stream changes nothing",
    does: {
      request_headers: {
        steps: [
          ["close_stream", 2],
          ["close_stream", 3],
          ["close_stream", 4],
          ["continue_stream", 2],
          ["continue_stream", 3],
          ["continue_stream", 4],
        ],
      },
    },
    exchanges: [GET],
  },
  {
    name: "resuming the request forgets its maps, whichever direction is resumed",
    does: {
      response_headers: {
        steps: [
          ["get_header_map_pairs", 2],
          ["continue_stream", 0],
          ["get_header_map_pairs", 2],
        ],
      },
    },
    exchanges: [GET],
  },
  {
    name: "resuming the response forgets the request's maps too",
    does: {
      request_headers: { steps: [LOCAL] },
      response_headers: { steps: [["set_tick_period_milliseconds", 40]], returns: 1 },
      tick: {
        steps: [
          ["set_tick_period_milliseconds", 0],
          ["set_effective_context", { kept: "stream" }],
          ["get_header_map_value", 0, ":path"],
          ["continue_stream", 1],
          ["get_header_map_value", 0, ":path"],
          ["get_header_map_pairs", 0],
        ],
      },
    },
    exchanges: [GET],
  },
  {
    name: "resuming the request from its body's callback, which pauses",
    does: { request_body: [{ steps: [["continue_stream", 0]], returns: 1 }] },
    exchanges: [POST],
  },
  {
    name: "resuming the response from its body's callback, which pauses",
    does: { response_body: [{ steps: [["continue_stream", 1]], returns: 1 }] },
    exchanges: [POST],
  },
  {
    name: "a trap in the request's headers is a 503, and the VM is dead for the next stream",
    does: { request_headers: { steps: ["trap"] } },
    exchanges: [GET, GET],
  },
  { name: "a trap in the request's body", does: { request_body: { steps: ["trap"] } }, exchanges: [POST] },
  {
    name: "a trap in the request's trailers",
    does: { request_trailers: { steps: ["trap"] } },
    exchanges: [WHOLE],
  },
  {
    name: "a trap in the response's headers",
    does: { response_headers: { steps: ["trap"] } },
    exchanges: [GET],
  },
  { name: "a trap in the response's body", does: { response_body: { steps: ["trap"] } }, exchanges: [GET] },
  {
    name: "a trap in the response's trailers",
    does: { response_trailers: { steps: ["trap"] } },
    exchanges: [WHOLE],
  },
  { name: "a trap in the access log", does: { log: { steps: ["trap"] } }, exchanges: [GET, GET] },
  { name: "a trap in done", does: { done: { steps: ["trap"] } }, exchanges: [GET, GET] },
  {
    name: "a trap in a stream's context_create",
    does: { context_create: [{}, { steps: ["trap"] }] },
    exchanges: [GET],
  },
  {
    name: "a trap in a tick",
    does: { log: { steps: [["set_tick_period_milliseconds", 40]] }, tick: { steps: ["trap"] } },
    exchanges: [GET],
    waits: 150,
  },
  {
    name: "a stream's done that answers no is deleted all the same",
    does: { done: { returns: 0 } },
    exchanges: [GET],
  },
  {
    name: "proxy_done where nothing waits for it is not found",
    does: {
      request_headers: { steps: [["done"]] },
      done: { steps: [["done"]] },
      configure: { steps: [["done"]] },
    },
    exchanges: [GET],
  },
  {
    name: "a client that goes away before its answer",
    does: { response_headers: {} },
    exchanges: [{ ...GET, abandons: true }],
  },
  {
    name: "a client that goes away in the middle of its body",
    does: { request_body: { steps: [["get_buffer_bytes", 0, 0, -1]] } },
    exchanges: [{ ...WHOLE, abandons: true }],
  },
  {
    name: "a client that goes away from a stream that waits for a callout, whose answer comes later",
    does: {
      request_headers: { steps: [call("/hang", 900)], returns: 1 },
      http_call_response: { steps: RESUME },
    },
    exchanges: [{ ...GET, abandons: true }],
    waits: 1000,
  },
];
