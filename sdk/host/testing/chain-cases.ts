import { BufferType, MapType, StreamType } from "../status.js";
import type { ChainCase } from "./chain-agreement.js";
import type { Probe, ProbeStep } from "./probe.js";

const { RequestHeaders, RequestTrailers, ResponseHeaders, ResponseTrailers } = MapType;
const { HttpRequestBody, HttpResponseBody } = BufferType;

/** Says that each of them was called, so that their order is part of every case. */
const ALL: Probe = {
  context_create: {},
  request_headers: {},
  request_body: {},
  request_trailers: {},
  response_headers: {},
  response_body: {},
  response_trailers: {},
  log: {},
  done: {},
  delete: {},
};

const body = (buffer: number): ProbeStep => ({ do: "body", buffer });
const add = (map: number, name: string, value: string): ProbeStep => ({ do: "add", map, name, value });
const LOCAL: ProbeStep = { do: "local", status: 403, body: "no entry", details: "not today" };
const EARLIER = { ...ALL, request_headers: { steps: [add(RequestHeaders, "x-by", "a")] } };
const OK = { body: "body", headers: [["x-up", "1"]] as [string, string][] };
const POST = { method: "POST", body: "0123456789" };
const ONE = { method: "POST", body: ["0123456789"] };
const CHUNKS = { method: "POST", body: ["abc", "def"] };
const TRAILED = { ...CHUNKS, trailers: [["x-t", "1"]] as [string, string][] };

/** Resumes what the filter holds from a tick; the stream is the one whose headers came last. */
const later = (stream: number): Probe => ({
  configure: { steps: [{ do: "tick", period: 40 }] },
  tick: { steps: [{ do: "effectiveStream" }, { do: "continue", stream }] },
});
const once = (stream: number, delay = 40): Probe => ({
  ...later(stream),
  configure: {},
  request_headers: { steps: [{ do: "tick", period: delay }] },
  tick: {
    steps: [{ do: "tick", period: 0 }, { do: "effectiveStream" }, { do: "continue", stream }],
  },
});
const { Request, Response } = StreamType;

const IN_ONE_VM: Probe = {
  ...ALL,
  request_headers: {
    steps: [
      { do: "define", type: 0, name: "shared" },
      { do: "getShared", key: "k" },
      { do: "setShared", key: "k", value: "v", cas: 0 },
      { do: "property", path: ["plugin_name"] },
      { do: "property", path: ["plugin_vm_id"] },
    ],
  },
  // The stream that was seen last is the second plugin's.
  response_headers: {
    steps: [
      { do: "get", map: ResponseHeaders, name: ":status" },
      { do: "effectiveStream" },
      { do: "property", path: ["plugin_name"] },
      { do: "get", map: ResponseHeaders, name: ":status" },
    ],
  },
};
const TRAPPING: Probe = { ...ALL, response_headers: { steps: [{ do: "trap" }] } };

const KEEPS: Probe = {
  ...ALL,
  request_headers: { steps: [{ do: "setShared", key: "whose", value: "the first", cas: 0 }] },
};
const LOOKS: Probe = { ...ALL, request_headers: { steps: [{ do: "getShared", key: "whose" }] } };
const listensAs = (name: string): Probe => ({
  ...ALL,
  configure: { steps: [{ do: "register", queue: "jobs" }] },
  queue_ready: { steps: [{ do: "log", message: name }, { do: "dequeue" }, { do: "dequeue" }] },
});
const TICKING: Probe = {
  ...ALL,
  request_headers: { steps: [{ do: "tick", period: 40 }], returns: 1 },
  // The stream that was seen last is that of the plugin whose timer it is.
  tick: {
    steps: [
      { do: "property", path: ["plugin_name"] },
      { do: "tick", period: 0 },
      { do: "effectiveStream" },
      { do: "continue", stream: Request },
    ],
  },
};

/** What chains must do as Envoy does. */
export const CHAIN_CASES: readonly ChainCase[] = [
  {
    name: "requests meet the filters in order, responses the other way round",
    filters: [ALL, ALL, ALL],
    response: OK,
  },
  {
    name: "bodies and trailers too",
    filters: [ALL, ALL],
    request: TRAILED,
    response: { body: ["abc"], trailers: [["x-t", "1"]] },
  },
  {
    name: "each sees what the one before it changed",
    filters: [
      {
        ...EARLIER,
        response_headers: {
          steps: [{ do: "get", map: ResponseHeaders, name: "x-by" }, add(ResponseHeaders, "x-a", "1")],
        },
      },
      {
        ...ALL,
        request_headers: {
          steps: [
            { do: "get", map: RequestHeaders, name: "x-by" },
            { do: "set", map: RequestHeaders, name: "x-by", value: "b" },
          ],
        },
        response_headers: { steps: [add(ResponseHeaders, "x-by", "b")] },
      },
    ],
    response: OK,
  },
  {
    name: "a local response of the last goes through all of them",
    filters: [ALL, { ...ALL, request_headers: { steps: [LOCAL] } }],
    response: OK,
  },
  {
    name: "a local response of the first: the second has no context until the access log",
    filters: [{ ...ALL, request_headers: { steps: [LOCAL] } }, ALL, ALL],
    response: OK,
  },
  {
    name: "a local response of the one in the middle, from the body",
    filters: [ALL, { ...ALL, request_body: { steps: [LOCAL], returns: 1 } }, ALL],
    request: POST,
    response: OK,
  },
  {
    name: "a local response of the second from the response headers goes past the first",
    filters: [ALL, { ...ALL, response_headers: { steps: [LOCAL] } }],
    response: OK,
  },
  {
    name: "a local response of the first from the response headers, when the second is through",
    filters: [{ ...ALL, response_headers: { steps: [LOCAL] } }, ALL],
    response: OK,
  },
  {
    name: "closing the stream ends all contexts",
    filters: [ALL, { ...ALL, request_headers: { steps: [{ do: "close", stream: Request }] } }, ALL],
    response: OK,
  },
  {
    name: "a trap of the second in the request",
    filters: [ALL, { ...ALL, request_headers: { steps: [{ do: "trap" }] } }, ALL],
    response: OK,
  },
  {
    name: "a trap of the second in the response headers",
    filters: [ALL, { ...ALL, response_headers: { steps: [{ do: "trap" }] } }, ALL],
    response: OK,
  },
  {
    name: "the second buffers the request's body, the first sees it in pieces",
    filters: [
      ALL,
      { ...ALL, request_body: { steps: [body(HttpRequestBody)], returns: 1 }, request_trailers: {} },
    ],
    request: TRAILED,
    response: OK,
  },
  {
    name: "both buffer the request's body until its trailers",
    filters: [
      { ...ALL, request_body: { steps: [body(HttpRequestBody)], returns: 1 } },
      { ...ALL, request_body: { steps: [body(HttpRequestBody)], returns: 1 } },
    ],
    request: TRAILED,
    response: OK,
  },
  {
    name: "both buffer the response's body until its trailers",
    filters: [
      { ...ALL, response_body: { steps: [body(HttpResponseBody)], returns: 1 } },
      { ...ALL, response_body: { steps: [body(HttpResponseBody)], returns: 1 } },
    ],
    response: { body: ["abc"], trailers: [["x-t", "1"]] },
  },
  {
    name: "trailers that the first makes reach the second, which sees no end before them",
    filters: [
      { ...ALL, request_body: { steps: [add(RequestTrailers, "x-made", "1")] } },
      { ...ALL, request_trailers: { steps: [{ do: "pairs", map: RequestTrailers }] } },
    ],
    request: CHUNKS,
    response: OK,
  },
  {
    name: "trailers that the second makes in the response reach the first",
    filters: [
      { ...ALL, response_trailers: { steps: [{ do: "pairs", map: ResponseTrailers }] } },
      { ...ALL, response_body: { steps: [add(ResponseTrailers, "x-made", "1")] } },
    ],
    response: { body: ["abc"] },
  },
  {
    name: "trailers that the first makes are told to the second although it holds the body",
    filters: [
      { ...ALL, request_body: { steps: [add(RequestTrailers, "x-made", "1")] } },
      { ...ALL, request_body: { steps: [body(HttpRequestBody)], returns: 1 } },
    ],
    request: ONE,
    response: OK,
  },
  {
    name: "the first holds the request for a while, the second sees it afterwards",
    filters: [
      {
        ...ALL,
        ...once(Request, 200),
        request_headers: { ...once(Request, 200).request_headers, returns: 1 },
      },
      ALL,
    ],
    request: TRAILED,
    response: OK,
  },
  {
    name: "the second holds the request for a while, the first is through",
    filters: [
      ALL,
      {
        ...ALL,
        ...once(Request, 200),
        request_headers: { ...once(Request, 200).request_headers, returns: 1 },
      },
    ],
    request: TRAILED,
    response: OK,
  },
  {
    name: "both hold the request for a while, one after the other",
    filters: [
      { ...ALL, ...once(Request), request_headers: { ...once(Request).request_headers, returns: 1 } },
      { ...ALL, ...once(Request), request_headers: { ...once(Request).request_headers, returns: 1 } },
    ],
    request: POST,
    response: OK,
  },
  {
    name: "the second holds the response for a while, then the first sees it",
    filters: [ALL, { ...ALL, ...once(Response, 150), response_headers: { returns: 1 } }],
    response: OK,
  },
  {
    name: "a header-only request that is held and let go ends with its headers",
    filters: [
      { ...ALL, ...once(Request), request_headers: { ...once(Request).request_headers, returns: 1 } },
      ALL,
    ],
    response: OK,
  },
  {
    name: "properties that one filter sets are the stream's",
    filters: [
      {
        ...ALL,
        request_headers: {
          steps: [
            { do: "setProperty", path: "who", value: "a" },
            { do: "property", path: ["plugin_root_id"] },
          ],
        },
        response_headers: { steps: [{ do: "property", path: ["who"] }] },
      },
      {
        ...ALL,
        request_headers: {
          steps: [
            { do: "property", path: ["who"] },
            { do: "setProperty", path: "who", value: "b" },
            { do: "property", path: ["request", "path"] },
          ],
        },
      },
    ],
    response: OK,
  },
  {
    name: "a body that is lost in the first never reaches the second",
    filters: [
      { ...ALL, response_body: {} },
      { ...ALL, response_body: { returns: 3 }, response_trailers: {} },
    ],
    response: { body: ["abc"], trailers: [["x-t", "1"]] },
  },
  {
    name: "trailers made by a filter that holds the body with them",
    filters: [
      {
        ...ALL,
        ...once(Request, 150),
        request_headers: { steps: [{ do: "tick", period: 150 }] },
        request_body: { steps: [add(RequestTrailers, "x-made", "1")], returns: 1 },
      },
      ALL,
    ],
    request: ONE,
    response: OK,
  },
  {
    name: "trailers made at the end of a body that was held until then",
    filters: [
      {
        ...ALL,
        request_body: { steps: [add(RequestTrailers, "x-made", "1")], returns: 1, returnsAtEnd: 0 },
      },
      ALL,
    ],
    request: ONE,
    response: OK,
  },
  {
    name: "trailers made at the end of a response that was held until then",
    filters: [
      ALL,
      {
        ...ALL,
        response_body: { steps: [add(ResponseTrailers, "x-made", "1")], returns: 1, returnsAtEnd: 0 },
      },
    ],
    response: { body: ["abc"] },
  },
  {
    name: "what two filters hold of a body is in one place: the first lets go",
    filters: [
      { ...ALL, ...once(Request, 200), request_body: { steps: [body(HttpRequestBody)], returnsAtEnd: 1 } },
      { ...ALL, request_body: { steps: [body(HttpRequestBody)], returns: 1, returnsAtEnd: 0 } },
    ],
    request: CHUNKS,
    response: OK,
  },
  {
    name: "what two filters hold of a body is in one place: the second lets go of all of it",
    filters: [
      {
        ...ALL,
        request_body: { steps: [body(HttpRequestBody)], returns: 0, returnsAtEnd: 1 },
      },
      {
        ...ALL,
        ...once(Request, 200),
        request_body: { steps: [body(HttpRequestBody)], returns: 1, returnsAtEnd: 0 },
      },
    ],
    request: CHUNKS,
    response: OK,
  },
  {
    name: "two plugins in one VM share its metrics, data and contexts, and have a configuration each",
    oneVm: true,
    filters: [IN_ONE_VM, IN_ONE_VM],
    response: OK,
  },
  {
    name: "a trap of one plugin is the end of the other in the same VM",
    oneVm: true,
    filters: [TRAPPING, TRAPPING],
    response: OK,
  },
  {
    name: "trailers that one filter makes in the response are not told to the next when it holds the body",
    filters: [
      { ...ALL, ...once(Response, 150), response_body: { returnsAtEnd: 0, returns: 1 } },
      { ...ALL, response_body: { steps: [add(ResponseTrailers, "x-made", "1")] } },
    ],
    response: { body: ["abc"] },
  },
  {
    name: "shared data are those of the filter's own vm_id",
    filters: [KEEPS, LOOKS],
    response: OK,
  },
  {
    name: "VMs of one vm_id have their shared data in common, whatever their modules are",
    sameVmId: true,
    anonymous: true,
    filters: [KEEPS, LOOKS],
    response: OK,
  },
  {
    // No other case here registers a queue, so its number is the first that there is.
    name: "the first queue has the number 1, and what is put into it is told to who registered it last",
    sameVmId: true,
    anonymous: true,
    filters: [
      { ...ALL, request_headers: { steps: [{ do: "enqueue", token: 1, value: "job" }] } },
      listensAs("the one before"),
      listensAs("the last"),
    ],
    response: OK,
  },
  {
    name: "two plugins in one VM have a timer each",
    oneVm: true,
    anonymous: true,
    filters: [TICKING, TICKING],
    response: OK,
  },
];
