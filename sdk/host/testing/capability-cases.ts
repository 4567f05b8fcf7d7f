import { MapType, StreamType } from "../status.js";
import type { AgreementCase } from "./agreement.js";
import type { Probe, ProbeStep } from "./probe.js";

const ALL: Probe = {
  context_create: {},
  request_headers: {},
  response_headers: {},
  response_body: {},
  log: {},
  done: {},
  delete: {},
};
const CALLBACKS = Object.keys(ALL).map((name) => `proxy_on_${name}`);
const OK = { body: "body" };

const STEPS: readonly ProbeStep[] = [
  { do: "get", map: MapType.RequestHeaders, name: ":path" },
  { do: "pairs", map: MapType.RequestHeaders },
  { do: "add", map: MapType.RequestHeaders, name: "x-added", value: "1" },
  { do: "mapSize", map: MapType.RequestHeaders },
  { do: "body", buffer: 0 },
  { do: "property", path: ["request", "path"] },
  { do: "setProperty", path: "p", value: "v" },
  { do: "define", type: 0, name: "restricted" },
  { do: "increment", id: 4, by: 1 },
  { do: "tick", period: 10 },
  { do: "effective", context: 0 },
  { do: "done" },
  { do: "logLevel" },
  { do: "time" },
  { do: "status" },
  { do: "foreign", name: "clear_route_cache" },
  { do: "setShared", key: "k", value: "v", cas: 0 },
  { do: "getShared", key: "k" },
  { do: "register", queue: "q" },
  { do: "enqueue", value: "v" },
  {
    do: "httpCall",
    cluster: "auth",
    headers: [
      [":method", "GET"],
      [":path", "/restricted"],
      [":authority", "auth"],
    ],
  },
  { do: "grpcCall", service: "grpc", method: "m", message: "x" },
  { do: "local", status: 403 },
  { do: "continue", stream: StreamType.Request },
  { do: "close", stream: StreamType.Request },
  { do: "printNothing" },
  { do: "print", fd: 1, text: "to stdout" },
];

/** What a plugin can do whose capabilities are restricted. */
export const CAPABILITY_CASES: readonly AgreementCase[] = [
  {
    name: "restricted hostcalls fail, and do nothing",
    probe: { ...ALL, request_headers: { steps: STEPS } },
    capabilities: ["proxy_log", ...CALLBACKS],
    response: OK,
  },
  {
    name: "of restricted callbacks only those that are allowed are called",
    probe: { ...ALL, request_headers: { returns: 1 } },
    capabilities: ["proxy_log", "proxy_on_response_headers", "proxy_on_log"],
    response: OK,
  },
  {
    name: "what is allowed works as ever",
    probe: {
      ...ALL,
      request_headers: {
        steps: [
          { do: "get", map: MapType.RequestHeaders, name: ":path" },
          { do: "set", map: MapType.RequestHeaders, name: "x", value: "1" },
          { do: "printNothing" },
          { do: "print", fd: 1, text: "to stdout" },
        ],
      },
    },
    capabilities: ["proxy_log", "proxy_on_request_headers", "proxy_get_header_map_value", "fd_write"],
    response: OK,
  },
];
