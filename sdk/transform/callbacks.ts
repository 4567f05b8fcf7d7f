/** Whose method answers a callback. */
type Owner = "filter" | "root" | "any";

/** An exported callback that only a filter that overrides `method` needs. */
export interface OptionalCallback {
  exportName: string;
  method: string;
  /** `filter`: the class of the streams. `root`: that of the root context. `any`: either. */
  owner: Owner;
}

/** Exported callbacks that only a module needs that calls a hostcall, by the hostcall's file and name in the SDK. */
export const answerCallbacks: readonly { exportName: string; hostcall: string }[] = [
  { exportName: "proxy_on_http_call_response", hostcall: "hostcalls/http-call/proxy_http_call" },
];

/**
 * The callbacks that are taken away when nobody overrides them: Envoy calls what a module exports, and each call
 * costs. Those that the SDK needs itself (context creation, start, configuration, deletion, allocation) stay.
 */
export const optionalCallbacks: readonly OptionalCallback[] = [
  { exportName: "proxy_on_done", method: "onDone", owner: "any" },
  { exportName: "proxy_on_log", method: "onLog", owner: "any" },
  { exportName: "proxy_on_request_headers", method: "onRequestHeaders", owner: "filter" },
  { exportName: "proxy_on_request_body", method: "onRequestBody", owner: "filter" },
  { exportName: "proxy_on_request_trailers", method: "onRequestTrailers", owner: "filter" },
  { exportName: "proxy_on_response_headers", method: "onResponseHeaders", owner: "filter" },
  { exportName: "proxy_on_response_body", method: "onResponseBody", owner: "filter" },
  { exportName: "proxy_on_response_trailers", method: "onResponseTrailers", owner: "filter" },
  { exportName: "proxy_on_tick", method: "onTick", owner: "root" },
  { exportName: "proxy_on_queue_ready", method: "onQueueReady", owner: "root" },
  { exportName: "proxy_on_new_connection", method: "onNewConnection", owner: "filter" },
  { exportName: "proxy_on_downstream_data", method: "onDownstreamData", owner: "filter" },
  { exportName: "proxy_on_upstream_data", method: "onUpstreamData", owner: "filter" },
  { exportName: "proxy_on_downstream_connection_close", method: "onDownstreamClose", owner: "filter" },
  { exportName: "proxy_on_upstream_connection_close", method: "onUpstreamClose", owner: "filter" },
];
