import type { CallbackName } from "../probe/callbacks.js";
import type { Behaviour, Script, Step } from "../script.js";
import { call, RESUME } from "./messages.js";

const NOWHERE = 0xfffffff0;
/** What can be done to a request whose body is all there and waits, from whichever callback: it has no trailers yet. */
const touch = (map: number, body: number): Step[] => [
  ["add_header_map_value", map, "x-made", "1"],
  ["get_header_map_value", map, "x-made"],
  ["get_header_map_value", map, "x-none"],
  ["replace_header_map_value", map, "x-put", "2"],
  ["remove_header_map_value", map, "x-made"],
  ["set_header_map_pairs", map, [["x-set", "3"]]],
  ["get_header_map_size", map],
  { call: "get_header_map_size", raw: [map, NOWHERE] },
  ["set_buffer_bytes", body, 0, 0, "<"],
  ["get_buffer_bytes", body, 0, -1],
  ["set_property", "mine", "1"],
  ["set_property", "once", "1"],
  ["set_property", "once", "2"],
];
const REQUEST = { method: "POST", body: ["abc"], response: { body: ["defg"] } };
const FROM_STREAM: readonly Step[] = [
  ["set_effective_context", { kept: "stream" }],
  ...touch(1, 0),
  ["continue_stream", 0],
];

/** The end of the request's body asks, and waits; the callback touches the request and lets it go. */
const waits = (asks: readonly Step[], callback: CallbackName, more: Behaviour = {}): Script => ({
  name: `${callback}: what can be done to a request that waits`,
  does: {
    ...more,
    request_body: [{ returns: 1 }, { steps: asks, returns: 1 }],
    [callback]: [
      { steps: [...((more[callback] as { steps?: Step[] } | undefined)?.steps ?? []), ...FROM_STREAM] },
    ],
  },
  exchanges: [REQUEST],
});

const stream: Step = ["grpc_stream", "grpc", "test.Service", "Echo", []];
const ending: Behaviour = { grpc_receive_initial_metadata: { steps: [["grpc_close", 6]] } };

/** Callbacks of the root context that act on a stream, and streams in their own. */
export const WAITING_SCRIPTS: readonly Script[] = [
  waits([["set_tick_period_milliseconds", 40]], "tick", {
    // The property `once`, which can be set once.
    configure: {
      steps: [["call_foreign_function", "declare_property", Buffer.from("\n\x04once\x10\x01", "latin1")]],
    },
    tick: { steps: [["set_tick_period_milliseconds", 0]] },
  }),
  waits([["enqueue_shared_queue", { kept: "q" }, "one"]], "queue_ready", {
    configure: { steps: [{ call: "register_shared_queue", operands: ["q"], keep: "q" }] },
  }),
  waits([call("/body")], "http_call_response"),
  {
    name: "grpc_receive_initial_metadata: what can be done to a request that waits",
    does: {
      request_body: [{ returns: 1 }, { steps: [stream], returns: 1 }],
      // The stream's own end lets the request go on, or it would be a race.
      grpc_receive_initial_metadata: [{ steps: [["grpc_close", 6], ...FROM_STREAM.slice(0, -1)] }],
      grpc_close: { steps: RESUME },
    },
    exchanges: [REQUEST],
  },
  waits([stream], "grpc_receive_trailing_metadata", ending),
  waits([["grpc_call", "grpc", "test.Service", "Echo", [], "q", 1000]], "grpc_receive"),
  waits([["grpc_call", "grpc", "test.Service", "Fail", [], "q", 1000]], "grpc_close"),
  {
    name: "resolve_dns: what can be done to a request that waits",
    does: {
      request_body: [{ returns: 1 }, { steps: [["envoy_resolve_dns", "127.0.0.1"]] }],
      resolve_dns: [{ steps: FROM_STREAM.slice(0, -1) }],
    },
    exchanges: [REQUEST],
  },
  {
    name: "request_trailers: a body that was buffered can be changed",
    does: { request_body: { returns: 1 }, request_trailers: { steps: touch(1, 0) } },
    exchanges: [{ ...REQUEST, trailers: [["x-t", "1"]] }],
  },
  {
    name: "response_trailers: a body that was buffered can be changed",
    does: { response_body: { returns: 1 }, response_trailers: { steps: touch(3, 1) } },
    exchanges: [{ ...REQUEST, response: { body: ["defg"], trailers: [["x-rt", "1"]] } }],
  },
  {
    name: "a request's body, at its end: trailers are made, read and changed",
    does: { request_body: [{}, { steps: touch(1, 0) }] },
    exchanges: [REQUEST],
  },
  {
    name: "a response's body, at its end: trailers are made, read and changed",
    does: { response_body: [{}, { steps: touch(3, 1) }] },
    exchanges: [REQUEST],
  },
  {
    name: "gRPC that fails at once, from the initial metadata of a stream that goes on",
    does: {
      request_headers: { steps: [stream], returns: 1 },
      grpc_receive_initial_metadata: [
        {
          steps: [
            ["grpc_call", "nowhere", "test.Service", "Echo", [], "q", 500],
            ["grpc_stream", "nowhere", "test.Service", "Echo", []],
            ["grpc_call", "down", "test.Service", "Echo", [], "q", 500],
            ["grpc_close", 6],
          ],
        },
      ],
      grpc_close: [{}, { steps: RESUME }],
    },
  },
  {
    name: "a gRPC stream that fails at once, from the initial metadata of one that goes on",
    does: {
      request_headers: { steps: [stream], returns: 1 },
      grpc_receive_initial_metadata: [
        {
          steps: [
            ["grpc_close", 6],
            ["grpc_stream", "down", "test.Service", "Echo", []],
          ],
        },
      ],
      grpc_close: [{}, { steps: RESUME }],
    },
  },
];
