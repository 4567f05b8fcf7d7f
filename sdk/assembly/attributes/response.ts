import { intAt, textAt } from "../properties";

// Attributes of the response, in its own callbacks and in the access log. HTTP filters only.

/** The HTTP status. */
export function code(fallback: i64 = 0): i64 {
  return intAt("response\0code", fallback);
}

/** Why it has that status, as `%RESPONSE_CODE_DETAILS%`: `via_upstream`, …. */
export function codeDetails(): string | null {
  return textAt("response\0code_details");
}

/** Envoy's response flags as bits; 0: nothing went wrong. */
export function flags(fallback: i64 = 0): i64 {
  return intAt("response\0flags", fallback);
}

/** The gRPC status; of a response that is none, the one that its HTTP status stands for. */
export function grpcStatus(fallback: i64 = 0): i64 {
  return intAt("response\0grpc_status", fallback);
}

/** Bytes of the body that were sent so far. */
export function size(fallback: i64 = 0): i64 {
  return intAt("response\0size", fallback);
}

/** Bytes of headers, body and trailers that were sent so far. */
export function totalSize(fallback: i64 = 0): i64 {
  return intAt("response\0total_size", fallback);
}

/** Nanoseconds between the first byte to the upstream and the last one from it. */
export function backendLatency(fallback: i64 = 0): i64 {
  return intAt("response\0backend_latency", fallback);
}

/** The values of the header `name`, joined by commas. */
export function header(name: string): string | null {
  return textAt("response\0headers\0" + name);
}

/** The values of the trailer `name`, joined by commas. */
export function trailer(name: string): string | null {
  return textAt("response\0trailers\0" + name);
}
