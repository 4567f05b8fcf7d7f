/**
 * What a step gives to each hostcall, in the ABI's order. `i` a number, `I` a 64-bit number, `b` bytes (pointer and size),
 * `p` a list of pairs as bytes; out parameters, which steps leave out: `B` bytes, `P` pairs, `W` 32 bits, `Q` 64 bits.
 */
export const CALLS = {
  proxy_log: "ib",
  proxy_get_log_level: "W",
  proxy_get_current_time_nanoseconds: "Q",
  proxy_set_tick_period_milliseconds: "i",
  proxy_get_property: "bB",
  proxy_set_property: "bb",
  proxy_get_header_map_pairs: "iP",
  proxy_set_header_map_pairs: "ip",
  proxy_get_header_map_size: "iW",
  proxy_get_header_map_value: "ibB",
  proxy_add_header_map_value: "ibb",
  proxy_replace_header_map_value: "ibb",
  proxy_remove_header_map_value: "ib",
  proxy_get_buffer_bytes: "iiiB",
  proxy_get_buffer_status: "iWW",
  proxy_set_buffer_bytes: "iiib",
  proxy_continue_stream: "i",
  proxy_close_stream: "i",
  proxy_send_local_response: "ibbpi",
  proxy_get_status: "WB",
  proxy_get_shared_data: "bBW",
  proxy_set_shared_data: "bbi",
  proxy_register_shared_queue: "bW",
  proxy_resolve_shared_queue: "bbW",
  proxy_enqueue_shared_queue: "ib",
  proxy_dequeue_shared_queue: "iB",
  proxy_define_metric: "ibW",
  proxy_increment_metric: "iI",
  proxy_record_metric: "iI",
  proxy_get_metric: "iQ",
  proxy_http_call: "bpbpiW",
  proxy_grpc_call: "bbbpbiW",
  proxy_grpc_stream: "bbbpW",
  proxy_grpc_send: "ibi",
  proxy_grpc_cancel: "i",
  proxy_grpc_close: "i",
  proxy_call_foreign_function: "bbB",
  proxy_set_effective_context: "i",
  proxy_done: "",
  envoy_resolve_dns: "bW",
} as const;

/** A hostcall that a script can make. */
export type CallName = keyof typeof CALLS;

/** The numbers of hostcalls in a program; `trap` after the last of them. */
export const CALL_NAMES = Object.keys(CALLS) as CallName[];
