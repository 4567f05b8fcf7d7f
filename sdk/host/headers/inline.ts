import type { HeaderMapKind } from "./header-map.js";

// Envoy keeps these names in one entry each ("inline headers"): adding a second value joins it to the first.
// Envoy 1.40 was asked name by name what comes back after two adds. A build with other extensions may
// register more of them.
const BOTH = `
  cache-control connection content-encoding content-length content-type keep-alive
  proxy-connection proxy-status transfer-encoding upgrade via x-envoy-attempt-count
  x-envoy-decorator-operation x-request-id
`;
const REQUEST = `
  :authority :method :path :protocol :scheme accept accept-encoding
  access-control-request-headers access-control-request-method
  access-control-request-private-network authorization cdn-loop expect grpc-accept-encoding
  grpc-timeout if-match if-modified-since if-none-match if-range if-unmodified-since origin
  pragma referer te user-agent x-client-trace-id x-envoy-downstream-service-cluster
  x-envoy-downstream-service-node x-envoy-expected-rq-timeout-ms x-envoy-external-address
  x-envoy-force-trace x-envoy-hedge-on-per-try-timeout x-envoy-internal x-envoy-ip-tags
  x-envoy-is-timeout-retry x-envoy-max-retries x-envoy-original-host x-envoy-original-path
  x-envoy-original-url x-envoy-retriable-header-names x-envoy-retriable-status-codes
  x-envoy-retry-grpc-on x-envoy-retry-on x-envoy-upstream-alt-stat-name
  x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response
  x-envoy-upstream-rq-timeout-ms x-envoy-upstream-stream-duration-ms x-forwarded-client-cert
  x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto
`;
const RESPONSE = `
  :status access-control-allow-credentials access-control-allow-headers
  access-control-allow-methods access-control-allow-origin
  access-control-allow-private-network access-control-expose-headers access-control-max-age
  age date etag expires grpc-message grpc-status last-modified location server vary
  x-envoy-degraded x-envoy-immediate-health-check-fail x-envoy-ratelimited
  x-envoy-upstream-canary x-envoy-upstream-healthchecked-cluster x-envoy-upstream-service-time
`;

const names = (...lists: string[]) => new Set(lists.join(" ").trim().split(/\s+/));

const JOINED: Readonly<Record<HeaderMapKind, ReadonlySet<string>>> = {
  request: names(BOTH, REQUEST),
  requestTrailers: new Set(),
  response: names(BOTH, RESPONSE),
  responseTrailers: names("grpc-message grpc-status"),
};

/** Whether Envoy keeps that (lower-case) name in one entry, values joined by a comma. */
export function isInline(kind: HeaderMapKind, name: string): boolean {
  return JOINED[kind].has(name);
}
