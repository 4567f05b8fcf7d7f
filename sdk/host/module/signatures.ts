import type { Signature } from "./binary.js";

/** The ABI versions that Envoy accepts, by the marker that a module exports. */
export type AbiVersion = "0.1.0" | "0.2.0" | "0.2.1";

/** Marker exports, in Envoy's spelling (`BytecodeUtil::getAbiVersion`). */
export const ABI_MARKERS: ReadonlyMap<string, AbiVersion> = new Map([
  ["proxy_abi_version_0_1_0", "0.1.0"],
  ["proxy_abi_version_0_2_0", "0.2.0"],
  ["proxy_abi_version_0_2_1", "0.2.1"],
]);

// FOR_ALL_HOST_FUNCTIONS in proxy-wasm-cpp-host's exports.h.
const PROXY: Readonly<Record<string, Signature>> = {
  log: "iii>i",
  get_status: "iii>i",
  set_property: "iiii>i",
  get_property: "iiii>i",
  send_local_response: "iiiiiiii>i",
  get_shared_data: "iiiii>i",
  set_shared_data: "iiiii>i",
  register_shared_queue: "iii>i",
  resolve_shared_queue: "iiiii>i",
  dequeue_shared_queue: "iii>i",
  enqueue_shared_queue: "iii>i",
  get_header_map_value: "iiiii>i",
  add_header_map_value: "iiiii>i",
  replace_header_map_value: "iiiii>i",
  remove_header_map_value: "iii>i",
  get_header_map_pairs: "iii>i",
  set_header_map_pairs: "iii>i",
  get_header_map_size: "ii>i",
  get_buffer_status: "iii>i",
  get_buffer_bytes: "iiiii>i",
  set_buffer_bytes: "iiiii>i",
  http_call: "iiiiiiiiii>i",
  grpc_call: "iiiiiiiiiiii>i",
  grpc_stream: "iiiiiiiii>i",
  grpc_close: "i>i",
  grpc_cancel: "i>i",
  grpc_send: "iiii>i",
  set_tick_period_milliseconds: "i>i",
  get_current_time_nanoseconds: "i>i",
  define_metric: "iiii>i",
  increment_metric: "iI>i",
  record_metric: "iI>i",
  get_metric: "ii>i",
  set_effective_context: "i>i",
  done: ">i",
  call_foreign_function: "iiiiii>i",
};

const PROXY_BY_ABI: Readonly<Record<AbiVersion, Readonly<Record<string, Signature>>>> = {
  "0.1.0": {
    get_configuration: "ii>i",
    continue_request: ">i",
    continue_response: ">i",
    clear_route_cache: ">i",
  },
  "0.2.0": { continue_stream: "i>i", close_stream: "i>i" },
  "0.2.1": { continue_stream: "i>i", close_stream: "i>i", get_log_level: "i>i" },
};

// `Wasm::registerCallbacks` in Envoy's source/extensions/common/wasm/wasm.cc: beside the ABI, in Envoy alone.
const ENVOY: Readonly<Record<string, Signature>> = { envoy_resolve_dns: "iii>i" };

const EMSCRIPTEN: Readonly<Record<string, Signature>> = {
  pthread_equal: "ii>i",
  emscripten_notify_memory_growth: "i>",
};

// FOR_ALL_WASI_FUNCTIONS; a Word is an i32, whatever the WASI headers call it.
export const WASI: Readonly<Record<string, Signature>> = {
  fd_write: "iiii>i",
  fd_read: "iiii>i",
  fd_seek: "iIii>i",
  fd_close: "i>i",
  fd_fdstat_get: "ii>i",
  fd_fdstat_set_flags: "ii>i",
  fd_fdstat_set_rights: "iII>i",
  environ_get: "ii>i",
  environ_sizes_get: "ii>i",
  args_get: "ii>i",
  args_sizes_get: "ii>i",
  clock_time_get: "iIi>i",
  clock_res_get: "ii>i",
  fd_advise: "iIIi>i",
  fd_allocate: "iII>i",
  fd_datasync: "i>i",
  fd_filestat_set_size: "iI>i",
  fd_filestat_set_times: "iIIi>i",
  fd_pread: "iiiIi>i",
  fd_pwrite: "iiiIi>i",
  fd_readdir: "iiiIi>i",
  fd_renumber: "ii>i",
  fd_sync: "i>i",
  fd_tell: "ii>i",
  path_create_directory: "iii>i",
  path_filestat_set_times: "iiiiIIi>i",
  path_link: "iiiiii>i",
  path_readlink: "iiiiii>i",
  path_remove_directory: "iii>i",
  path_rename: "iiiiii>i",
  path_symlink: "iiii>i",
  path_unlink_file: "iii>i",
  sock_accept: "iii>i",
  sock_recv: "iiiiii>i",
  sock_send: "iiiii>i",
  sock_shutdown: "ii>i",
  random_get: "ii>i",
  sched_yield: ">i",
  poll_oneoff: "iiii>i",
  proc_exit: "i>",
  path_open: "iiiiiIIii>i",
  fd_prestat_get: "ii>i",
  fd_prestat_dir_name: "iii>i",
  path_filestat_get: "iiiii>i",
  fd_filestat_get: "ii>i",
};

/** The signature under which Envoy provides an import to a module of that ABI, undefined when it has none. */
export function envoyImport(abi: AbiVersion, module: string, name: string): Signature | undefined {
  if (module === "wasi_snapshot_preview1" || module === "wasi_unstable") return own(WASI, name);
  if (module !== "env") return undefined;
  if (!name.startsWith("proxy_")) return own(EMSCRIPTEN, name) ?? own(ENVOY, name);
  return own(PROXY, name.slice(6)) ?? own(PROXY_BY_ABI[abi], name.slice(6));
}

/** Every import that Envoy provides to a module of that ABI. */
export function envoyImports(abi: AbiVersion): { module: string; name: string; signature: Signature }[] {
  const list = (module: string, prefix: string, table: Readonly<Record<string, Signature>>) =>
    Object.entries(table).map(([name, signature]) => ({ module, name: prefix + name, signature }));
  return [
    ...list("env", "proxy_", { ...PROXY, ...PROXY_BY_ABI[abi] }),
    ...list("env", "", { ...EMSCRIPTEN, ...ENVOY }),
    ...list("wasi_snapshot_preview1", "", WASI),
    ...list("wasi_unstable", "", WASI),
  ];
}

/** The callbacks that Envoy looks for, with the signature it insists on. */
export function envoyCallback(abi: AbiVersion, name: string): Signature | undefined {
  if (name === "proxy_on_request_headers" || name === "proxy_on_response_headers")
    return abi === "0.1.0" ? "ii>i" : "iii>i";
  if (name === "proxy_on_foreign_function") return abi === "0.1.0" ? undefined : "iii>";
  return own(CALLBACKS, name);
}

const CALLBACKS: Readonly<Record<string, Signature>> = {
  envoy_on_resolve_dns: "iii>",
  envoy_on_stats_update: "ii>",
  _initialize: ">",
  _start: ">",
  main: "ii>i",
  __main_void: ">i",
  malloc: "i>i",
  proxy_on_memory_allocate: "i>i",
  proxy_validate_configuration: "ii>i",
  proxy_on_vm_start: "ii>i",
  proxy_on_configure: "ii>i",
  proxy_on_tick: "i>",
  proxy_on_context_create: "ii>",
  proxy_on_new_connection: "i>i",
  proxy_on_downstream_data: "iii>i",
  proxy_on_upstream_data: "iii>i",
  proxy_on_downstream_connection_close: "ii>",
  proxy_on_upstream_connection_close: "ii>",
  proxy_on_request_body: "iii>i",
  proxy_on_request_trailers: "ii>i",
  proxy_on_request_metadata: "ii>i",
  proxy_on_response_body: "iii>i",
  proxy_on_response_trailers: "ii>i",
  proxy_on_response_metadata: "ii>i",
  proxy_on_http_call_response: "iiiii>",
  proxy_on_grpc_receive: "iii>",
  proxy_on_grpc_close: "iii>",
  proxy_on_grpc_receive_initial_metadata: "iii>",
  proxy_on_grpc_receive_trailing_metadata: "iii>",
  proxy_on_queue_ready: "ii>",
  proxy_on_done: "i>i",
  proxy_on_log: "i>",
  proxy_on_delete: "i>",
};

function own(table: Readonly<Record<string, Signature>>, name: string): Signature | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
