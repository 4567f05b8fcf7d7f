/** Whose method answers a callback. */
type Owner = "filter" | "any";

/** An exported callback that only a filter that overrides `method` needs. */
export interface OptionalCallback {
  exportName: string;
  method: string;
  /** `filter`: the class of the streams. `any`: that or the root context's. */
  owner: Owner;
}

/**
 * The callbacks that are taken away when nobody overrides them: Envoy calls what a module exports, and each call
 * costs. Those that the SDK needs itself (context creation, start, configuration, deletion, allocation) stay.
 */
export const optionalCallbacks: readonly OptionalCallback[] = [
  { exportName: "proxy_on_done", method: "onDone", owner: "any" },
  { exportName: "proxy_on_log", method: "onLog", owner: "any" },
  { exportName: "proxy_on_request_headers", method: "onRequestHeaders", owner: "filter" },
  { exportName: "proxy_on_response_headers", method: "onResponseHeaders", owner: "filter" },
  { exportName: "proxy_on_new_connection", method: "onNewConnection", owner: "filter" },
  { exportName: "proxy_on_downstream_data", method: "onDownstreamData", owner: "filter" },
  { exportName: "proxy_on_upstream_data", method: "onUpstreamData", owner: "filter" },
  { exportName: "proxy_on_downstream_connection_close", method: "onDownstreamClose", owner: "filter" },
  { exportName: "proxy_on_upstream_connection_close", method: "onUpstreamClose", owner: "filter" },
];
