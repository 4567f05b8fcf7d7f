import { Context } from "../../../sdk/host/contexts/context.js";
import { HttpContext } from "../../../sdk/host/contexts/http.js";
import { RootContext } from "../../../sdk/host/contexts/root.js";
import { TcpContext } from "../../../sdk/host/contexts/tcp.js";
import { HeaderMap } from "../../../sdk/host/headers/header-map.js";
import { StreamManager } from "../../../sdk/host/http/stream.js";
import { Vm } from "../../../sdk/host/vm/vm.js";
import { MetricStore } from "../../../sdk/host/world/metrics.js";
import { SharedData } from "../../../sdk/host/world/shared-data.js";
import { World } from "../../../sdk/host/world/world.js";
import { callback, method, status, type Undo } from "./patch.js";

/** A fault that others' hosts have, or that ours could get: some script must show it. */
export interface Deviation {
  readonly name: string;
  /** Puts it into the host; gives what takes it out again. */
  plant(): Undo;
}

const Ok = 0;
const NotFound = 1;
const BadArgument = 2;
const SerializationFailure = 3;
const InvalidMemoryAccess = 6;
const Empty = 7;
const CasMismatch = 8;
const InternalFailure = 10;
const Unimplemented = 12;

const deviation = (name: string, plant: () => Undo): Deviation => ({ name, plant });
const wrong = (call: string, from: number, to: number, what: string) =>
  deviation(`${call}: ${what}`, () => status(call.startsWith("envoy") ? call : `proxy_${call}`, from, to));

const STATUSES: readonly Deviation[] = [
  wrong("log", BadArgument, Ok, "a level that there is not is taken"),
  wrong("get_header_map_value", NotFound, Ok, "a missing header is an empty one"),
  wrong("get_header_map_value", BadArgument, NotFound, "a map that is gone is one without the header"),
  wrong("get_header_map_value", InvalidMemoryAccess, BadArgument, "a pointer outside is a bad argument"),
  wrong("get_header_map_size", BadArgument, Ok, "the size of a map that cannot be changed is told"),
  wrong("add_header_map_value", BadArgument, Ok, "adding to a map that is gone is well"),
  wrong("remove_header_map_value", BadArgument, NotFound, "removing from a map that is gone finds nothing"),
  wrong("set_buffer_bytes", BadArgument, Ok, "the middle of a body can be changed"),
  wrong("get_buffer_bytes", NotFound, Ok, "a configuration that is gone is empty"),
  wrong("continue_stream", Unimplemented, Ok, "the upstream's side can be resumed"),
  wrong("close_stream", BadArgument, Ok, "a stream that there is not can be closed"),
  wrong("increment_metric", BadArgument, Ok, "counters can stand still and go down"),
  wrong("increment_metric", NotFound, BadArgument, "a metric that there is not is a bad argument"),
  wrong("get_metric", BadArgument, Ok, "histograms can be read"),
  wrong("define_metric", BadArgument, Ok, "any type of metric is taken"),
  wrong("set_shared_data", CasMismatch, Ok, "a stale version is not noticed"),
  wrong("dequeue_shared_queue", Empty, NotFound, "an empty queue is not found"),
  wrong("resolve_shared_queue", NotFound, Ok, "any queue is resolved"),
  wrong("http_call", BadArgument, InternalFailure, "an unknown cluster is a failure"),
  wrong("http_call", InternalFailure, Ok, "a cluster without hosts can be called"),
  wrong("grpc_cancel", NotFound, Ok, "any call can be cancelled"),
  wrong("get_property", SerializationFailure, NotFound, "a property without bytes is not found"),
  wrong("set_property", NotFound, Ok, "properties can be set outside a stream"),
  wrong("call_foreign_function", NotFound, Unimplemented, "an unknown function is not implemented"),
  wrong("done", NotFound, Ok, "proxy_done is always well"),
  wrong("set_effective_context", BadArgument, Ok, "any context can be made effective"),
];

const HEADERS: readonly Deviation[] = [
  deviation("adding a value concatenates it to the one that is there", () =>
    method(HeaderMap, "add", (map, original, name, value) =>
      map.get(name) === undefined ? original(name, value) : map.set(name, `${map.get(name)},${value}`),
    ),
  ),
  deviation("replacing a value keeps the others of its name", () =>
    method(HeaderMap, "set", (map, original, name, value) => {
      const others = map.getAll(name).slice(1);
      original(name, value);
      for (const other of others) map.add(name, other);
    }),
  ),
  deviation("removing a name removes its first entry only", () =>
    method(HeaderMap, "remove", (map, original, name) => {
      const others = map.getAll(name).slice(1);
      original(name);
      for (const other of others) map.add(name, other);
    }),
  ),
  deviation("an empty value is not found", () =>
    method(HeaderMap, "get", (_, original, name) => original(name) || undefined),
  ),
  deviation("request headers can be read in every phase", () =>
    method(
      HttpContext,
      "readableMap",
      (context, original, type) =>
        original(type) ?? (type === 0 ? context.stream.stream?.requestLane?.map : undefined),
    ),
  ),
  deviation("the access log can change headers", () =>
    method(HttpContext, "map", (context, original, type) =>
      context.accessLogPhase ? context.readableMap(type) : original(type),
    ),
  ),
  deviation("resuming keeps the request's maps", () =>
    method(HttpContext, "continueStream", (context, original, type) => {
      const kept = { ...context.request };
      const result = original(type);
      Object.assign(context.request, kept);
      return result;
    }),
  ),
  deviation("trailers cannot be made at the end of a body", () =>
    method(HttpContext, "trailers", (_, __, side) => side.trailers),
  ),
];

const ORDER: readonly Deviation[] = [
  deviation("a local response acts before the callback has returned", () =>
    method(HttpContext, "sendLocalResponse", (context, _, reply) => context.stream.sendLocalReply(reply)),
  ),
  deviation("a local response goes past the filter's own response callbacks", () =>
    method(HttpContext, "onHeaders", (context, original, direction, map, end) =>
      direction === "response" && context.stream.stream?.localReply !== undefined
        ? 0
        : original(direction, map, end),
    ),
  ),
  deviation("of a stream, the access log comes after done", () =>
    method(HttpContext, "accessLog", (context, original, final) => {
      context.vm.call(context, "proxy_on_done", context.id);
      original(final);
    }),
  ),
  deviation("of a connection, done comes after log", () =>
    method(TcpContext, "finish", (context, original) => {
      if (!context.finished) context.vm.call(context, "proxy_on_log", context.id);
      original();
    }),
  ),
  deviation("done is never called for streams", () =>
    callback("proxy_on_done", (original, _, context, ...args) =>
      context instanceof RootContext ? original(...args) : 1,
    ),
  ),
  deviation("a stream is not deleted", () =>
    callback("proxy_on_delete", (original, _, context, ...args) =>
      context instanceof RootContext ? original(...args) : 0,
    ),
  ),
  deviation("the end of a body does not come by itself", () =>
    callback(/_body$/, (original, _, __, id, size, end) =>
      size === 0 && end === 1 ? 0 : original(id, size, end),
    ),
  ),
  deviation("the end of a TCP stream is not told", () =>
    callback(/_data$/, (original, _, __, id, size) => original(id, size, 0)),
  ),
  deviation("a queue's listener is called inside enqueue", () =>
    method(World, "post", (_, __, task) => task()),
  ),
  deviation("ticks come once", () =>
    callback("proxy_on_tick", (original, vm, context, id) => {
      const result = original(id);
      vm.world.setTickPeriod(context.id, 0);
      return result;
    }),
  ),
];

const REST: readonly Deviation[] = [
  deviation("a buffered body's size is that of its last piece", () =>
    callback("proxy_on_request_body", (original, _, context, id, size, end) =>
      original(id, context.request.buffering && size > 0 ? size - 1 : size, end),
    ),
  ),
  deviation("buffering has no limit", () => method(StreamManager, "withinLimit", () => true)),
  deviation("a trap lets the stream go on", () => method(HttpContext, "fail", () => 0)),
  deviation("callouts are numbered 1, 2, 3", () => {
    let last = 0;
    return method(Vm, "nextCalloutId", () => ++last);
  }),
  deviation("metrics are numbered 1, 2, 3", () =>
    method(MetricStore, "define", (_, original, type, name) => {
      const id = original(type, name);
      return id === undefined ? undefined : id >> 2;
    }),
  ),
  deviation("version 0 of shared data is compared too", () =>
    method(SharedData, "set", (data, original, vmId, key, value, cas) =>
      cas === 0 && data.get(vmId, key) !== undefined ? CasMismatch : original(vmId, key, value, cas),
    ),
  ),
  deviation("a callout that takes too long is a reset", () =>
    method(RootContext, "finishHttp", (_, original, token, result) =>
      original(token, result?.headers.get(":status") === "504" ? undefined : result),
    ),
  ),
  deviation("a callout's answer comes on the stream's context", () =>
    callback("proxy_on_http_call_response", (original, vm, _, ...args) => {
      const stream = [...vm.contexts.values()].find((context) => context instanceof HttpContext);
      return stream === undefined ? original(...args) : original(stream.id, ...args.slice(1));
    }),
  ),
  deviation("a callout's answer stays readable", () =>
    method(RootContext, "finishHttp", (root, original, token, result) => {
      original(token, result);
      if (result !== undefined) root.received.httpHeaders = result.headers;
    }),
  ),
  deviation("gRPC metadata stays readable", () =>
    method(RootContext, "grpcInitialMetadata", (root, original, token, map) => {
      original(token, map);
      root.received.grpcInitialMetadata = map;
    }),
  ),
  deviation("a gRPC call that fails is not told", () => method(RootContext, "grpcClosed", () => undefined)),
  deviation("call data are empty outside their callbacks", () =>
    method(Context, "lookAt", (context, original, type) => (type === 8 ? context.buffer(5) : original(type))),
  ),
  deviation("contexts are numbered from 0", () =>
    method(Vm, "allocateContextId", (vm) => vm.nextContextId++ - 1),
  ),
  deviation("the plugin's configuration can be read at any time", () =>
    method(RootContext, "buffer", (root, original, type) => {
      const before = root.configurable;
      root.configurable = true;
      const buffer = original(type);
      root.configurable = before;
      return buffer;
    }),
  ),
  deviation("properties of a request can be read in every phase", () =>
    method(StreamManager, "property", (stream, original, name, maps) =>
      original(name, { ...maps, request: maps.request ?? stream.requestLane.map }),
    ),
  ),
  deviation("TCP bytes that are held back are not seen again", () =>
    method(TcpContext, "downstreamData", (_, original, buffer, end) => {
      const goesOn = original(buffer, end);
      if (!goesOn) buffer.take();
      return goesOn;
    }),
  ),
];

/** Every deviation that is planted. */
export const DEVIATIONS: readonly Deviation[] = [...STATUSES, ...HEADERS, ...ORDER, ...REST];
