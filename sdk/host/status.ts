/** Results of hostcalls; the numbers are the ABI's `proxy_status_t` as Envoy returns them. */
export const WasmResult = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  InternalFailure: 10,
  BrokenConnection: 11,
  Unimplemented: 12,
} as const;

/** The ABI's `proxy_header_map_type_t`. */
export const MapType = {
  RequestHeaders: 0,
  RequestTrailers: 1,
  ResponseHeaders: 2,
  ResponseTrailers: 3,
  GrpcReceiveInitialMetadata: 4,
  GrpcReceiveTrailingMetadata: 5,
  HttpCallResponseHeaders: 6,
  HttpCallResponseTrailers: 7,
} as const;

/** The ABI's `proxy_buffer_type_t`, with Envoy's `CallData` (8). */
export const BufferType = {
  HttpRequestBody: 0,
  HttpResponseBody: 1,
  DownstreamData: 2,
  UpstreamData: 3,
  HttpCallResponseBody: 4,
  GrpcReceiveBuffer: 5,
  VmConfiguration: 6,
  PluginConfiguration: 7,
  CallData: 8,
} as const;

/** The ABI's `proxy_stream_type_t`. */
export const StreamType = { Request: 0, Response: 1, Downstream: 2, Upstream: 3 } as const;

/** Who closed a connection, the ABI's `proxy_peer_type_t`. */
export const PeerType = { Unknown: 0, Local: 1, Remote: 2 } as const;

/** What a headers callback may answer; Envoy's `FilterHeadersStatus`. */
export const HeadersStatus = {
  Continue: 0,
  StopIteration: 1,
  ContinueAndEndStream: 2,
  StopAllIterationAndBuffer: 3,
  StopAllIterationAndWatermark: 4,
} as const;

/** What a body callback may answer; Envoy's `FilterDataStatus`. */
export const DataStatus = {
  Continue: 0,
  StopIterationAndBuffer: 1,
  StopIterationAndWatermark: 2,
  StopIterationNoBuffer: 3,
} as const;

const NAMES: readonly (string | undefined)[] = Object.entries(WasmResult).reduce<string[]>(
  (names, [name, value]) => {
    names[value] = name;
    return names;
  },
  [],
);

/** The name of a hostcall's result, for transcripts: `Ok`, `NotFound`, …, or the number itself. */
export function resultName(result: number): string {
  return NAMES[result] ?? String(result);
}
