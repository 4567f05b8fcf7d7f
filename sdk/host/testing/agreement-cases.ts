import type { Pair } from "../headers/pairs.js";
import { BufferType, MapType, StreamType } from "../status.js";
import type { AgreementCase } from "./agreement.js";
import { calloutCases } from "./callout-cases.js";
import { CAPABILITY_CASES } from "./capability-cases.js";
import { CEL_CASES } from "./cel-cases.js";
import { FOREIGN_CASES } from "./foreign-cases.js";
import { GRPC_CASES } from "./grpc-cases.js";
import type { Probe, ProbeStep } from "./probe.js";

const { RequestHeaders, RequestTrailers, ResponseHeaders, ResponseTrailers } = MapType;
const { HttpRequestBody, HttpResponseBody, VmConfiguration, PluginConfiguration, CallData } = BufferType;

/** Says that each of them was called, so that their order is part of every case. */
const ALL: Probe = {
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

const get = (map: number, name: string): ProbeStep => ({ do: "get", map, name });
const add = (map: number, name: string, value: string): ProbeStep => ({ do: "add", map, name, value });
const set = (map: number, name: string, value: string): ProbeStep => ({ do: "set", map, name, value });
const prop = (...path: string[]): ProbeStep => ({ do: "property", path });
const body = (buffer: number, start = 0, length = -1): ProbeStep => ({ do: "body", buffer, start, length });
const setBody = (buffer: number, start: number, length: number, data: string): ProbeStep => ({
  do: "setBody",
  buffer,
  start,
  length,
  data,
});

const OK = { body: "body", headers: [["x-up", "1"]] as [string, string][] };
const POST = { method: "POST", body: "0123456789" };
const TOUCH_REQUEST: ProbeStep[] = [
  get(RequestHeaders, ":path"),
  { do: "pairs", map: RequestTrailers },
  add(RequestHeaders, "x-late", "1"),
  { do: "mapSize", map: RequestTrailers },
  { do: "mapSize", map: MapType.HttpCallResponseHeaders },
  get(RequestTrailers, "x"),
];
const TOUCH_RESPONSE: ProbeStep[] = [
  get(ResponseHeaders, ":status"),
  { do: "pairs", map: ResponseHeaders },
  set(ResponseHeaders, "x-late", "1"),
  get(ResponseTrailers, "x"),
];
const BODIES: ProbeStep[] = [
  body(HttpRequestBody),
  { do: "bodyStatus", buffer: HttpRequestBody },
  setBody(HttpRequestBody, 0, 0, "x"),
  body(HttpResponseBody),
];
const CONFIGS: ProbeStep[] = [
  body(VmConfiguration),
  body(PluginConfiguration),
  body(BufferType.HttpCallResponseBody),
  body(BufferType.GrpcReceiveBuffer),
  { do: "bodyStatus", buffer: CallData },
  setBody(VmConfiguration, 0, 0, "x"),
];
const REQUEST_PROPERTIES: ProbeStep[] = [
  prop("request", "path"),
  prop("request", "url_path"),
  prop("request", "query"),
  prop("request", "host"),
  prop("request", "method"),
  prop("request", "scheme"),
  prop("request", "useragent"),
  prop("request", "protocol"),
  prop("request", "headers", "x-a"),
  prop("request", "headers", "x-none"),
  prop("request", "nothing"),
];
const OTHER_PROPERTIES: ProbeStep[] = [
  prop("plugin_name"),
  prop("plugin_root_id"),
  prop("plugin_vm_id"),
  prop("response", "code"),
  prop("response", "code_details"),
  prop("response", "headers", "x-up"),
  prop("request", "size"),
  prop("response", "size"),
  prop("nothing"),
  prop("connection", "mtls"),
];
const LOCAL: ProbeStep = {
  do: "local",
  status: 403,
  body: "no entry",
  headers: [
    ["X-Why", "because"],
    ["x-why", "again"],
  ],
  details: "not today",
};

/** Statuses of changing names that Envoy keeps once, those it lets repeat, and pseudo-headers. */
const SHUFFLE = (map: number): ProbeStep[] => [
  add(map, "X-Twice", "1"),
  add(map, "x-between", "-"),
  add(map, "x-twice", "2"),
  get(map, "x-TWICE"),
  add(map, "cache-control", "no-store"),
  add(map, "cache-control", "max-age=1"),
  get(map, "cache-control"),
  set(map, "x-a", "replaced"),
  add(map, "x-empty", ""),
  get(map, "x-empty"),
  { do: "remove", map, name: "x-b" },
  { do: "remove", map, name: "x-never" },
  get(map, "x-never"),
  set(map, "x-new", "new"),
  add(map, "x-latin", "caf\u00e9"),
];

const named = (name: string, test: Omit<AgreementCase, "name">): AgreementCase => ({ name, ...test });

/** What the host must do as Envoy does. Each case is run in both, and everything visible must be equal. */
const CASES: readonly AgreementCase[] = [
  named("callbacks of a request without body and a response with one come in Envoy's order", {
    probe: ALL,
    response: OK,
  }),
  named("callbacks with bodies in one piece and an end of their own", {
    probe: ALL,
    request: POST,
    response: OK,
  }),
  named("callbacks with trailers on both sides", {
    probe: ALL,
    request: { method: "POST", body: ["abc"], trailers: [["x-t", "1"]] },
    response: { body: ["def"], trailers: [["x-rt", "2"]] },
  }),
  named("request headers change as asked, order kept", {
    probe: { ...ALL, request_headers: { steps: SHUFFLE(RequestHeaders) } },
    request: {
      headers: [
        ["x-a", "1"],
        ["x-b", "1"],
        ["X-A", "2"],
        ["x-b", "2"],
        ["x-end", "1"],
      ],
    },
    response: OK,
  }),
  named("response headers change as asked, order kept", {
    probe: { ...ALL, response_headers: { steps: SHUFFLE(ResponseHeaders) } },
    response: {
      ...OK,
      headers: [
        ["x-a", "1"],
        ["x-b", "1"],
        ["x-a", "2"],
        ["x-end", "1"],
      ],
    },
  }),
  named("the host header is the authority", {
    probe: {
      ...ALL,
      request_headers: {
        steps: [
          get(RequestHeaders, "host"),
          set(RequestHeaders, "host", "b.test"),
          get(RequestHeaders, ":authority"),
          get(RequestHeaders, ":method"),
          set(RequestHeaders, ":method", "OPTIONS"),
        ],
      },
    },
    response: OK,
  }),
  named("setting all pairs replaces everything", {
    probe: {
      ...ALL,
      response_headers: {
        steps: [
          {
            do: "setPairs",
            map: ResponseHeaders,
            pairs: [
              ["x-1", "a"],
              [":status", "201"],
              ["x-1", "b"],
              ["content-length", "4"],
            ] satisfies Pair[],
          },
          { do: "pairs", map: ResponseHeaders },
        ],
      },
    },
    response: OK,
  }),
  named("a header map is gone once its callback continued", {
    probe: {
      ...ALL,
      request_body: { steps: TOUCH_REQUEST },
      response_headers: { steps: TOUCH_REQUEST },
      response_body: { steps: TOUCH_RESPONSE },
      done: { steps: [...TOUCH_REQUEST, ...TOUCH_RESPONSE] },
    },
    request: { method: "POST", body: ["abc"], trailers: [["x-t", "1"]] },
    response: OK,
  }),
  named("in the access log maps can be read only, and request trailers are never there", {
    probe: {
      ...ALL,
      log: {
        steps: [
          get(RequestHeaders, ":path"),
          get(RequestHeaders, "x-none"),
          get(RequestTrailers, "x-t"),
          get(ResponseHeaders, "x-up"),
          get(ResponseTrailers, "x"),
          add(RequestHeaders, "x", "y"),
          add(ResponseHeaders, "x", "y"),
          get(MapType.HttpCallResponseHeaders, "x"),
          { do: "mapSize", map: ResponseHeaders },
        ],
      },
    },
    request: { method: "POST", body: ["abc"], trailers: [["x-t", "1"]] },
    response: OK,
  }),
  named("unknown maps, buffers and streams are bad arguments", {
    probe: {
      ...ALL,
      request_headers: {
        steps: [
          get(8, "x"),
          add(9, "x", "y"),
          { do: "pairs", map: 99 },
          { do: "setPairs", map: 8, pairs: [] },
          { do: "mapSize", map: 8 },
          body(9),
          setBody(99, 0, 0, "x"),
          { do: "bodyStatus", buffer: 9 },
          { do: "close", stream: 4 },
          { do: "continue", stream: 4 },
          { do: "continue", stream: StreamType.Upstream },
          { do: "continue", stream: StreamType.Downstream },
        ],
      },
    },
    response: OK,
  }),
  named("bodies that are not there can be read and not written", {
    probe: {
      ...ALL,
      request_headers: { steps: BODIES },
      response_headers: { steps: BODIES },
      log: { steps: BODIES },
    },
    response: OK,
  }),
  named("a body is cut out as asked", {
    probe: {
      ...ALL,
      request_body: {
        steps: [
          body(HttpRequestBody),
          body(HttpRequestBody, 3, 4),
          body(HttpRequestBody, 8, 100),
          body(HttpRequestBody, 10, 1),
          body(HttpRequestBody, 11, 1),
          body(HttpRequestBody, 5, -1),
          body(HttpRequestBody, -1, -1),
          { do: "bodyStatus", buffer: HttpRequestBody },
        ],
      },
    },
    request: POST,
    response: OK,
  }),
  named("a body is changed at its ends only", {
    probe: {
      ...ALL,
      request_headers: { steps: [{ do: "remove", map: RequestHeaders, name: "content-length" }] },
      request_body: {
        steps: [
          setBody(HttpRequestBody, 0, 0, "<"),
          setBody(HttpRequestBody, 0, 3, "[["),
          setBody(HttpRequestBody, 4, 2, "no"),
          setBody(HttpRequestBody, 100, 5, ">"),
          body(HttpRequestBody),
        ],
      },
    },
    request: POST,
    response: OK,
  }),
  named("a body that pauses is buffered and seen whole", {
    probe: {
      ...ALL,
      request_body: { steps: [body(HttpRequestBody)], returns: 1 },
      request_trailers: { steps: [body(HttpRequestBody)] },
    },
    request: { method: "POST", body: ["abc"], trailers: [["x-t", "1"]] },
    response: OK,
  }),
  named("a body that pauses without buffering is lost", {
    probe: { ...ALL, response_body: { returns: 3 }, response_trailers: {} },
    response: { body: ["abc"], trailers: [["x-t", "1"]] },
  }),
  named("trailers can be made at the end of a body", {
    probe: {
      ...ALL,
      request_headers: { steps: [{ do: "remove", map: RequestHeaders, name: "content-length" }] },
      request_body: { steps: [add(RequestTrailers, "x-made", "1")] },
      response_headers: { steps: [{ do: "remove", map: ResponseHeaders, name: "content-length" }] },
      response_body: { steps: [add(ResponseTrailers, "x-made", "2")] },
    },
    request: POST,
    response: OK,
  }),
  named("a local response from the request headers goes through the same filter", {
    probe: {
      ...ALL,
      request_headers: { steps: [LOCAL, get(RequestHeaders, ":path")] },
      response_headers: {
        steps: [
          { do: "pairs", map: ResponseHeaders },
          get(RequestHeaders, ":path"),
          add(ResponseHeaders, "x-after", "1"),
          prop("response", "code"),
          prop("response", "code_details"),
        ],
      },
      response_body: { steps: [body(HttpResponseBody)] },
      log: { steps: [get(ResponseHeaders, "x-after"), prop("response", "code_details")] },
    },
  }),
  named("a local response without a body, with a content type of its own", {
    probe: {
      ...ALL,
      request_headers: {
        steps: [
          {
            do: "local",
            status: 204,
            headers: [
              ["content-type", "a/b"],
              ["content-length", "7"],
            ],
          },
        ],
      },
      response_headers: { steps: [{ do: "pairs", map: ResponseHeaders }] },
    },
  }),
  named("a local response with a body and a content type of its own", {
    probe: {
      ...ALL,
      request_headers: {
        steps: [
          {
            do: "local",
            status: 200,
            body: "{}",
            headers: [
              ["content-type", "application/json"],
              ["x-l", "1"],
            ],
          },
        ],
      },
      response_headers: { steps: [{ do: "pairs", map: ResponseHeaders }] },
    },
  }),
  named("a local response to HEAD", {
    probe: { ...ALL, request_headers: { steps: [LOCAL] } },
    request: { method: "HEAD" },
  }),
  named("a local response from the request body", {
    probe: { ...ALL, request_body: { steps: [LOCAL], returns: 0 } },
    request: POST,
  }),
  named("a local response from the response headers goes past the filter", {
    probe: { ...ALL, response_headers: { steps: [LOCAL] } },
    response: OK,
  }),
  named("a local response to gRPC", {
    probe: { ...ALL, request_headers: { steps: [{ ...LOCAL, grpc: 7 } as ProbeStep] } },
    request: { method: "POST", headers: [["content-type", "application/grpc"]] },
  }),
  named("a local response to gRPC without a status of its own", {
    probe: {
      ...ALL,
      request_headers: { steps: [{ ...LOCAL, grpc: 99 } as ProbeStep] },
      response_headers: { steps: [{ do: "pairs", map: ResponseHeaders }] },
    },
    request: { method: "POST", headers: [["content-type", "application/grpc"]] },
  }),
  named("closing the stream cuts it off", {
    probe: { ...ALL, request_headers: { steps: [{ do: "close", stream: StreamType.Request }] } },
    response: OK,
  }),
  named("a trap in the request closes the stream with 503 and ends the VM", {
    probe: { ...ALL, request_headers: { steps: [{ do: "trap" }] } },
    response: OK,
  }),
  named("a trap in the response headers", {
    probe: { ...ALL, response_headers: { steps: [{ do: "trap" }] } },
    response: OK,
  }),
  named("properties of the request", {
    probe: {
      ...ALL,
      request_headers: { steps: REQUEST_PROPERTIES },
      response_headers: { steps: REQUEST_PROPERTIES },
      log: { steps: REQUEST_PROPERTIES },
    },
    request: {
      headers: [
        ["x-a", "1"],
        ["x-a", "2"],
        ["user-agent", "probe"],
      ],
    },
    response: OK,
  }),
  named("a path with a query", {
    probe: { ...ALL, request_headers: { steps: REQUEST_PROPERTIES } },
    request: { path: "/with?q=1&r=a%20b" },
    response: OK,
  }),
  named("other properties", {
    probe: {
      ...ALL,
      request_headers: { steps: OTHER_PROPERTIES },
      response_headers: { steps: OTHER_PROPERTIES },
      log: { steps: OTHER_PROPERTIES },
    },
    request: POST,
    response: OK,
  }),
  named("properties that the filter sets", {
    probe: {
      ...ALL,
      request_headers: {
        steps: [
          prop("mine"),
          { do: "setProperty", path: "mine", value: "1" },
          prop("mine"),
          prop("mine", "x"),
        ],
      },
      response_headers: { steps: [prop("mine")] },
      log: { steps: [prop("mine"), { do: "setProperty", path: "mine", value: "2" }] },
    },
    response: OK,
  }),
  named("configuration outside its callbacks", {
    probe: { ...ALL, request_headers: { steps: CONFIGS } },
    config: "plugin config",
    vmConfig: "vm config",
    response: OK,
  }),
  named("metrics: ids, statuses and values", {
    probe: {
      ...ALL,
      request_headers: {
        steps: [
          { do: "define", type: 0, name: "a_counter" },
          { do: "define", type: 1, name: "a_gauge" },
          { do: "define", type: 2, name: "a_histogram" },
          { do: "define", type: 0, name: "a_counter" },
          { do: "define", type: 3, name: "x" },
          { do: "increment", id: 4, by: 3 },
          { do: "increment", id: 8, by: 4 },
          { do: "increment", id: 4, by: 0 },
          { do: "increment", id: 4, by: -1 },
          { do: "record", id: 4, by: 10 },
          { do: "metric", id: 8 },
          { do: "increment", id: 5, by: 7 },
          { do: "increment", id: 5, by: -2 },
          { do: "metric", id: 5 },
          { do: "record", id: 5, by: 100 },
          { do: "metric", id: 5 },
          { do: "increment", id: 6, by: 1 },
          { do: "record", id: 6, by: 1 },
          { do: "metric", id: 6 },
          { do: "metric", id: 400 },
          { do: "increment", id: 400, by: 1 },
          { do: "record", id: 7, by: 1 },
          { do: "increment", id: 7, by: 1 },
          { do: "metric", id: 7 },
        ],
      },
    },
    response: OK,
  }),
  named("calls on the side: contexts, foreign functions, shared data, log level", {
    probe: {
      ...ALL,
      request_headers: {
        steps: [
          { do: "effective", context: 9999 },
          { do: "foreign", name: "no_such_function" },
          { do: "foreign", name: "clear_route_cache" },
          { do: "logLevel" },
          { do: "time" },
          { do: "done" },
          { do: "getShared", key: "k" },
          { do: "setShared", key: "k", value: "v1", cas: 77 },
          { do: "setShared", key: "k", value: "v2", cas: 0 },
          { do: "setShared", key: "k", value: "v3", cas: 1_000_000 },
          { do: "getShared", key: "k" },
          { do: "print", fd: 1, text: "to stdout\n" },
          { do: "print", fd: 2, text: "to stderr" },
          { do: "log", message: "too quiet", level: 1 },
          { do: "log", message: "loud", level: 5 },
        ],
      },
    },
    response: OK,
  }),
  named("resuming the request from its body callback", {
    probe: { ...ALL, request_body: { steps: [{ do: "continue", stream: StreamType.Request }], returns: 1 } },
    request: POST,
    response: OK,
  }),
  named("resuming the response from its body callback", {
    probe: {
      ...ALL,
      response_body: { steps: [{ do: "continue", stream: StreamType.Response }], returns: 1 },
    },
    response: OK,
  }),
  named("a local response once the response is on its way cuts it off", {
    probe: { ...ALL, response_body: { steps: [LOCAL] } },
    response: OK,
  }),
  named("of two local responses the first counts", {
    probe: { ...ALL, request_headers: { steps: [LOCAL, { ...LOCAL, status: 404 } as ProbeStep] } },
  }),
  named("closing the stream from the response headers", {
    probe: { ...ALL, response_headers: { steps: [{ do: "close", stream: StreamType.Response }] } },
    response: OK,
  }),
  named("a trap once the response is on its way", {
    probe: { ...ALL, response_body: { steps: [{ do: "trap" }] } },
    response: OK,
  }),
  named("a trap in the access log", { probe: { ...ALL, log: { steps: [{ do: "trap" }] } }, response: OK }),
  named("properties that are maps have no bytes of their own", {
    probe: {
      ...ALL,
      request_headers: { steps: [prop("request"), prop("connection")] },
    },
    request: { headers: [["x-a", "1"]] },
    response: OK,
  }),
  named("malformed pairs are an empty list", {
    probe: {
      ...ALL,
      response_headers: {
        steps: [
          { do: "setPairs", map: ResponseHeaders, pairs: Buffer.from([2, 0, 0, 0, 1]) },
          { do: "pairs", map: ResponseHeaders },
          add(ResponseHeaders, ":status", "299"),
          add(ResponseHeaders, "content-length", "4"),
        ],
      },
    },
    response: OK,
  }),
];

/** All of them; a case's place is its number. */
export const AGREEMENT_CASES: readonly AgreementCase[] = [
  ...CASES,
  ...calloutCases(CASES.length),
  ...FOREIGN_CASES,
  ...GRPC_CASES,
  ...CAPABILITY_CASES,
  ...CEL_CASES,
];
