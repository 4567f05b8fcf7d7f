import type { Script, Step } from "../script.js";
import { GET, POST, WHOLE } from "./messages.js";

const cut = (buffer: number): Step[] => [
  ["get_buffer_bytes", buffer, 0, -1],
  ["get_buffer_bytes", buffer, 3, 2],
  ["get_buffer_bytes", buffer, 4, 100],
  ["get_buffer_bytes", buffer, 6, 1],
  ["get_buffer_bytes", buffer, 11, 1],
  ["get_buffer_bytes", buffer, 2, -1],
  ["get_buffer_bytes", buffer, -1, -1],
  ["get_buffer_status", buffer],
];
const edit = (buffer: number): Step[] => [
  ["set_buffer_bytes", buffer, 0, 0, "<"],
  ["set_buffer_bytes", buffer, 0, 3, "[["],
  ["set_buffer_bytes", buffer, 4, 2, "no"],
  ["set_buffer_bytes", buffer, 100, 5, ">"],
  ["get_buffer_bytes", buffer, 0, -1],
  ["get_buffer_status", buffer],
];
const read = (buffer: number): Step => ["get_buffer_bytes", buffer, 0, -1];
const PIECES = { method: "POST", body: ["one", "two", "three"], response: { body: ["four", "five", "six"] } };

/** Section 6, buffers and pausing. */
export const BODY_SCRIPTS: readonly Script[] = [
  {
    name: "a request's body is cut out as asked, past its end too",
    does: { request_body: [{ steps: cut(0) }] },
    exchanges: [POST],
  },
  {
    name: "a start and a length never overflow: what lies beyond the end is cut off, whatever they are",
    does: {
      request_body: [
        {
          steps: [
            ["get_buffer_bytes", 0, 5, -2],
            ["get_buffer_bytes", 0, 1, -2],
            ["get_buffer_bytes", 0, 5, -1],
            ["get_buffer_bytes", 0, -5, 4],
            ["get_buffer_bytes", 0, -5, 5],
          ],
        },
      ],
    },
    exchanges: [POST],
  },
  {
    name: "a response's body is cut out as asked",
    does: { response_body: [{ steps: cut(1) }] },
    exchanges: [POST],
  },
  {
    name: "a request's body is changed at its ends, never in its middle",
    does: {
      request_headers: { steps: [["remove_header_map_value", 0, "content-length"]] },
      request_body: [{ steps: edit(0) }],
    },
    exchanges: [POST],
  },
  {
    name: "a response's body is changed at its ends, never in its middle",
    does: {
      response_headers: { steps: [["remove_header_map_value", 2, "content-length"]] },
      response_body: [{ steps: edit(1) }],
    },
    exchanges: [POST],
  },
  {
    name: "draining more than a body has empties it",
    does: {
      request_headers: { steps: [["remove_header_map_value", 0, "content-length"]] },
      request_body: [{ steps: [["set_buffer_bytes", 0, 0, 1000, ""], read(0)] }],
    },
    exchanges: [POST],
  },
  {
    name: "the call data in a body's callback are the body, until something else is looked at",
    does: {
      request_body: [{ steps: [read(8), ["get_buffer_status", 8], read(7), read(8), read(5), read(8)] }],
      response_body: [{ steps: [read(8), ["set_buffer_bytes", 8, 0, 0, "<"], read(1)] }],
      response_headers: { steps: [["remove_header_map_value", 2, "content-length"]] },
    },
    exchanges: [POST],
  },
  {
    name: "a body in pieces that go on one by one",
    does: { request_body: { steps: [read(0)] }, response_body: { steps: [read(1)] } },
    exchanges: [PIECES],
  },
  {
    name: "a body that is buffered is seen whole, its size the total so far",
    does: {
      request_body: { steps: [read(0)], returns: 1 },
      request_trailers: { steps: [read(0)] },
      response_body: { steps: [read(1)], returns: 1 },
      response_trailers: { steps: [read(1)] },
    },
    exchanges: [
      { ...PIECES, trailers: [["x-t", "1"]], response: { ...PIECES.response, trailers: [["x-rt", "1"]] } },
    ],
  },
  {
    name: "a buffered body that is let go at its end",
    does: {
      request_body: [{ returns: 1 }, { returns: 1 }, { returns: 1 }, { steps: [read(0)] }],
      response_body: [{ returns: 1 }, { returns: 1 }, { returns: 1 }, { steps: [read(1)] }],
    },
    exchanges: [PIECES],
  },
  {
    name: "buffering and then letting a piece go sends what was held with it",
    does: { request_body: [{ returns: 1 }, { steps: [read(0)] }, { steps: [read(0)], returns: 1 }, {}] },
    exchanges: [PIECES],
  },
  {
    name: "a buffered body can be replaced before it goes on",
    does: {
      request_headers: { steps: [["remove_header_map_value", 0, "content-length"]] },
      request_body: [{ returns: 1 }, { steps: [["set_buffer_bytes", 0, 0, 1000, "other"], read(0)] }],
    },
    exchanges: [POST],
  },
  {
    name: "body callbacks that answer 3 lose their pieces",
    does: { request_body: [{ returns: 3 }, {}, {}, {}], response_body: [{}, { returns: 3 }, {}, {}] },
    exchanges: [PIECES],
  },
  {
    name: "body callbacks that answer 2 do not accumulate",
    does: { request_body: [{ steps: [read(0)], returns: 2 }, { steps: [read(0)] }, { steps: [read(0)] }] },
    exchanges: [PIECES],
  },
  {
    name: "body callbacks that answer 9 are as 3",
    does: { response_body: [{ returns: 9 }, { steps: [read(1)] }] },
    exchanges: [PIECES],
  },
  {
    name: "a request that is buffered past the limit gets 413",
    does: { request_body: { returns: 1 } },
    exchanges: [{ method: "POST", body: ["x".repeat(900), "y".repeat(900)] }],
    bufferLimit: 1000,
  },
  {
    name: "a response that is buffered past the limit gets 500",
    does: { response_body: { returns: 1 } },
    exchanges: [{ response: { body: ["x".repeat(900), "y".repeat(900)] } }],
    bufferLimit: 1000,
  },
  {
    name: "headers callbacks that answer 2 continue",
    does: { request_headers: { returns: 2 }, response_headers: { returns: 2 } },
    exchanges: [WHOLE],
  },
  {
    name: "trailers callbacks that answer 1 hold the stream until a tick lets it go",
    does: {
      request_trailers: { steps: [["set_tick_period_milliseconds", 50]], returns: 1 },
      tick: {
        steps: [
          ["set_tick_period_milliseconds", 0],
          ["set_effective_context", { kept: "stream" }],
          ["get_header_map_pairs", 0],
          ["get_header_map_pairs", 1],
          ["continue_stream", 0],
          ["get_header_map_pairs", 1],
        ],
      },
    },
    exchanges: [WHOLE],
  },
  {
    name: "request headers that stop are readable and writable from a tick, with their body not yet seen",
    does: {
      request_headers: { steps: [["set_tick_period_milliseconds", 50]], returns: 1 },
      tick: {
        steps: [
          ["set_tick_period_milliseconds", 0],
          ["set_effective_context", { kept: "stream" }],
          ["add_header_map_value", 0, "x-late", "1"],
          read(0),
          ["continue_stream", 0],
          ["get_header_map_value", 0, ":path"],
          ["get_header_map_pairs", 0],
        ],
      },
      request_body: { steps: [read(0)] },
    },
    exchanges: [POST],
  },
  {
    name: "response headers that stop go on from a tick",
    does: {
      response_headers: { steps: [["set_tick_period_milliseconds", 50]], returns: 4 },
      tick: {
        steps: [
          ["set_tick_period_milliseconds", 0],
          ["set_effective_context", { kept: "stream" }],
          ["replace_header_map_value", 2, "x-late", "1"],
          ["continue_stream", 1],
          ["get_header_map_pairs", 2],
        ],
      },
    },
    exchanges: [WHOLE],
  },
  {
    name: "with allow_on_headers_stop_iteration headers wait alone and the body comes",
    does: {
      request_headers: { returns: 1 },
      request_body: [{ steps: [read(0), ["add_header_map_value", 0, "x-from-body", "1"]], returns: 1 }, {}],
    },
    exchanges: [POST],
    headersStopAlone: true,
  },
  {
    name: "headers callbacks that answer 9 are as 4: the body waits too",
    does: {
      request_headers: { steps: [["set_tick_period_milliseconds", 150]], returns: 9 },
      tick: [
        {
          steps: [
            ["set_tick_period_milliseconds", 0],
            ["set_effective_context", { kept: "stream" }],
            ["continue_stream", 0],
          ],
        },
      ],
      request_body: { steps: [read(0)] },
    },
    exchanges: [POST],
    headersStopAlone: true,
  },
  {
    name: "a buffered body is resumed from a tick",
    does: {
      request_body: [{ returns: 1 }, { steps: [["set_tick_period_milliseconds", 50]], returns: 1 }],
      tick: {
        steps: [
          ["set_tick_period_milliseconds", 0],
          ["set_effective_context", { kept: "stream" }],
          read(0),
          ["set_buffer_bytes", 0, 0, 0, "<"],
          ["continue_stream", 0],
          read(0),
        ],
      },
      request_headers: { steps: [["remove_header_map_value", 0, "content-length"]] },
    },
    exchanges: [POST],
  },
  {
    name: "a body that is not there: reads are empty, writes bad arguments",
    does: {
      request_headers: { steps: [...cut(0).slice(0, 2), ...edit(0).slice(0, 1)] },
      response_headers: { steps: [...cut(1).slice(0, 2), ...edit(1).slice(0, 1)] },
    },
    exchanges: [GET],
  },
  {
    name: "a large body comes in pieces that Envoy's codec makes, and arrives whole",
    does: {},
    exchanges: [{ method: "POST", body: "x".repeat(10_000), response: { body: "y".repeat(10_000) } }],
  },
];
