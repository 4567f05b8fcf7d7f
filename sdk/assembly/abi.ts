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
  /**
   * Stop here until the filter resumes the stream or answers it itself. From a headers callback this holds the body back
   * too, unless the plugin is configured with `allow_on_headers_stop_iteration` (Envoy 1.35): then the body's callbacks
   * come, the headers can be changed in them, and both go on when a body callback says `Continue`.
   */
  Pause = 1,
  /** From a headers callback: like `Pause`, and holds the body back however the plugin is configured. */
  PauseAll = 4,
}

/** How a gRPC call or stream ended. https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export enum GrpcStatus {
  Ok = 0,
  Cancelled = 1,
  Unknown = 2,
  InvalidArgument = 3,
  DeadlineExceeded = 4,
  NotFound = 5,
  AlreadyExists = 6,
  PermissionDenied = 7,
  ResourceExhausted = 8,
  FailedPrecondition = 9,
  Aborted = 10,
  OutOfRange = 11,
  Unimplemented = 12,
  Internal = 13,
  /** Also what Envoy gives for a call that took too long, and for a cluster without a healthy host. */
  Unavailable = 14,
  DataLoss = 15,
  Unauthenticated = 16,
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
  GrpcInitialMetadata = 4,
  GrpcTrailingMetadata = 5,
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
  /** What Envoy hands over with a callback of its own: stats, or a name's addresses. */
  CallData = 8,
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
