/** Whose method answers a callback. */
type Owner = "filter" | "root" | "any";

/** An exported callback that only a filter that overrides one of the methods needs. */
export interface OptionalCallback {
  exportName: string;
  methods: readonly string[];
  /** `filter`: the class of the streams. `root`: that of the root context. `any`: either. */
  owner: Owner;
}

/** Exported callbacks that only a module needs that calls one of the hostcalls, each by its file and name in the SDK. */
export const answerCallbacks: readonly { exportName: string; hostcalls: readonly string[] }[] = [
  { exportName: "proxy_on_http_call_response", hostcalls: ["hostcalls/http-call/proxy_http_call"] },
  { exportName: "proxy_on_grpc_receive_initial_metadata", hostcalls: ["hostcalls/grpc/proxy_grpc_stream"] },
  { exportName: "proxy_on_grpc_receive_trailing_metadata", hostcalls: ["hostcalls/grpc/proxy_grpc_stream"] },
  { exportName: "envoy_on_resolve_dns", hostcalls: ["hostcalls/dns/envoy_resolve_dns"] },
  ...["proxy_on_grpc_receive", "proxy_on_grpc_close"].map((exportName) => ({
    exportName,
    hostcalls: ["hostcalls/grpc/proxy_grpc_call", "hostcalls/grpc/proxy_grpc_stream"],
  })),
];

/**
 * The callbacks that are taken away when nobody overrides them: Envoy calls what a module exports, and each call
 * costs. Those that the SDK needs itself (context creation, start, configuration, deletion, allocation) stay.
 */
export const optionalCallbacks: readonly OptionalCallback[] = [
  { exportName: "proxy_on_done", methods: ["onDone"], owner: "any" },
  { exportName: "proxy_on_log", methods: ["onLog"], owner: "any" },
  { exportName: "proxy_on_request_headers", methods: ["onRequestHeaders"], owner: "filter" },
  { exportName: "proxy_on_request_body", methods: ["onRequestBody"], owner: "filter" },
  { exportName: "proxy_on_request_trailers", methods: ["onRequestTrailers"], owner: "filter" },
  { exportName: "proxy_on_response_headers", methods: ["onResponseHeaders"], owner: "filter" },
  { exportName: "proxy_on_response_body", methods: ["onResponseBody"], owner: "filter" },
  { exportName: "proxy_on_response_trailers", methods: ["onResponseTrailers"], owner: "filter" },
  { exportName: "proxy_on_request_metadata", methods: ["onRequestMetadata"], owner: "filter" },
  { exportName: "proxy_on_response_metadata", methods: ["onResponseMetadata"], owner: "filter" },
  { exportName: "proxy_on_foreign_function", methods: ["onForeignFunction"], owner: "any" },
  { exportName: "proxy_validate_configuration", methods: ["onValidate"], owner: "root" },
  { exportName: "envoy_on_stats_update", methods: ["onStats"], owner: "root" },
  { exportName: "proxy_on_tick", methods: ["onTick", "onTimer"], owner: "root" },
  { exportName: "proxy_on_queue_ready", methods: ["onQueueReady"], owner: "root" },
  { exportName: "proxy_on_new_connection", methods: ["onNewConnection"], owner: "filter" },
  { exportName: "proxy_on_downstream_data", methods: ["onDownstreamData"], owner: "filter" },
  { exportName: "proxy_on_upstream_data", methods: ["onUpstreamData"], owner: "filter" },
  { exportName: "proxy_on_downstream_connection_close", methods: ["onDownstreamClose"], owner: "filter" },
  { exportName: "proxy_on_upstream_connection_close", methods: ["onUpstreamClose"], owner: "filter" },
];
