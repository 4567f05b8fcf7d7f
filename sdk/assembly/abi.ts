// The numbers of the proxy-wasm ABI 0.2.1, https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1

/** What a hostcall answers. A status is a value: nothing in this SDK throws. */
export enum Status {
  Ok = 0,
  /** The thing asked for does not exist. */
  NotFound = 1,
  /** An argument is wrong, or the call is not allowed in this phase. */
  BadArgument = 2,
  SerializationFailure = 3,
  ParseFailure = 4,
  BadExpression = 5,
  InvalidMemoryAccess = 6,
  Empty = 7,
  CasMismatch = 8,
  ResultMismatch = 9,
  InternalFailure = 10,
  BrokenConnection = 11,
  Unimplemented = 12,
}

/** What a filter tells Envoy to do with the stream after a callback. */
export enum Action {
  /** Go on to the next filter. */
  Continue = 0,
  /** Stop here until the filter resumes the stream or answers it itself. */
  Pause = 1,
}

/** Envoy's log levels. */
export enum LogLevel {
  Trace = 0,
  Debug = 1,
  Info = 2,
  Warn = 3,
  Error = 4,
  Critical = 5,
}

/** Which header map a hostcall means. */
export enum HeaderMapType {
  RequestHeaders = 0,
  RequestTrailers = 1,
  ResponseHeaders = 2,
  ResponseTrailers = 3,
  HttpCallResponseHeaders = 6,
  HttpCallResponseTrailers = 7,
}

/** Which buffer a hostcall means. */
export enum BufferType {
  RequestBody = 0,
  ResponseBody = 1,
  DownstreamData = 2,
  UpstreamData = 3,
  HttpCallResponseBody = 4,
  GrpcCallMessage = 5,
  VmConfiguration = 6,
  PluginConfiguration = 7,
}

/** Which half of a stream a hostcall means. */
export enum StreamType {
  HttpRequest = 0,
  HttpResponse = 1,
  Downstream = 2,
  Upstream = 3,
}

export enum MetricType {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}

/** Who closed a TCP connection. */
export enum PeerType {
  Unknown = 0,
  Local = 1,
  Remote = 2,
}
