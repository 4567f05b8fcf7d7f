/** The in-process host: loads a proxy-wasm module and sends HTTP exchanges and TCP connections through it. */

export type { Callout, CalloutState } from "./callouts/callout.js";
export type {
  CalloutAnswer,
  CalloutResponse,
  Cluster,
  GrpcAnswer,
  GrpcCluster,
  GrpcOutcome,
  HttpCluster,
} from "./callouts/clusters.js";
export type { GrpcRequest, GrpcStatus } from "./callouts/grpc-callout.js";
export { GrpcCallout } from "./callouts/grpc-callout.js";
export { HttpCallout } from "./callouts/http-callout.js";
export { Chain } from "./chain.js";
export type { Upstream } from "./driver.js";
export { FilterDriver } from "./driver.js";
export type { HostErrorCode, MeshwasmErrorOptions, WasmFrame } from "./errors.js";
export { MeshwasmError } from "./errors.js";
export type { ForeignFunction, ForeignResult } from "./foreign/envoy-functions.js";
export type { BytesInput } from "./headers/bytes.js";
export { HeadersView } from "./headers/view.js";
export { Host } from "./host.js";
export type { LocalResponse } from "./http/exchange.js";
export { Exchange } from "./http/exchange.js";
export type { FetchHandler, FetchInit } from "./http/fetch.js";
export { HttpStream } from "./http/http-stream.js";
export type { BodyInput, HeadersInput, HttpProtocol, RequestInput, ResponseInput } from "./http/input.js";
export { SeenRequest, SeenResponse } from "./http/seen.js";
export type { ResetReason } from "./http/stream.js";
export type { ModuleExport, ModuleImport, ModuleShape } from "./module/binary.js";
export { type LoadedModule, type LoadOptions, loadModule } from "./module/load.js";
export { type AbiVersion, envoyCallback, envoyImport, envoyImports } from "./module/signatures.js";
export type { ConfigInput, FailurePolicy, HostOptions } from "./options.js";
export type { PropertyInput } from "./properties/given.js";
export type { Addresses } from "./properties/stream-info.js";
export { bindSourceMap, mapBeside } from "./source-map/module-map.js";
export { SourcePlaces } from "./source-map/source-places.js";
export type { ClosedBy } from "./tcp/connection.js";
export { Received, TcpConnection } from "./tcp/connection.js";
export type { ConnectionScript, TcpUpstream } from "./tcp/conversation.js";
export type { CallJson, CallJsonValue, CallRecord, CallValue } from "./transcript.js";
export { callsAsJson, formatCalls } from "./transcript.js";
export type { LogEntry, LogLevel } from "./world/logs.js";
export type { Metric, MetricType } from "./world/metrics.js";
export type { WorldOptions } from "./world/world.js";
export { World } from "./world/world.js";
