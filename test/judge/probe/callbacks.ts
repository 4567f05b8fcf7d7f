/** Callbacks that the probe exports, with their parameters and what they return when a script does not say. */
export const CALLBACKS = {
  proxy_on_context_create: [2, undefined],
  proxy_on_vm_start: [2, 1],
  proxy_on_configure: [2, 1],
  proxy_on_tick: [1, undefined],
  proxy_on_request_headers: [3, 0],
  proxy_on_request_body: [3, 0],
  proxy_on_request_trailers: [2, 0],
  proxy_on_response_headers: [3, 0],
  proxy_on_response_body: [3, 0],
  proxy_on_response_trailers: [2, 0],
  proxy_on_new_connection: [1, 0],
  proxy_on_downstream_data: [3, 0],
  proxy_on_upstream_data: [3, 0],
  proxy_on_downstream_connection_close: [2, undefined],
  proxy_on_upstream_connection_close: [2, undefined],
  proxy_on_http_call_response: [5, undefined],
  proxy_on_grpc_receive_initial_metadata: [3, undefined],
  proxy_on_grpc_receive: [3, undefined],
  proxy_on_grpc_receive_trailing_metadata: [3, undefined],
  proxy_on_grpc_close: [3, undefined],
  proxy_on_queue_ready: [2, undefined],
  envoy_on_resolve_dns: [3, undefined],
  proxy_on_log: [1, undefined],
  proxy_on_done: [1, 1],
  proxy_on_delete: [1, undefined],
} as const satisfies Record<string, readonly [params: number, returns: number | undefined]>;

type Short<Name extends string> = Name extends `proxy_on_${infer Rest}`
  ? Rest
  : Name extends `envoy_on_${infer Rest}`
    ? Rest
    : never;

/** A callback without its prefix, as scripts and transcripts name it. */
export type CallbackName = Short<keyof typeof CALLBACKS>;

/** All of them; the place of each is its number in a program. */
export const CALLBACK_NAMES = Object.keys(CALLBACKS).map(
  (name) => name.replace(/^(proxy|envoy)_on_/, "") as CallbackName,
);
