const WASI_WHILE_STARTING = [
  ..."fd_write args_sizes_get args_get environ_sizes_get environ_get clock_time_get clock_res_get".split(" "),
  ..."random_get poll_oneoff fd_fdstat_get fd_fdstat_set_flags fd_advise fd_allocate fd_datasync".split(" "),
  ..."fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread".split(" "),
  ..."fd_prestat_dir_name fd_prestat_get fd_pwrite fd_readdir fd_renumber fd_sync fd_tell".split(" "),
  ..."path_create_directory path_filestat_get path_filestat_set_times path_link path_readlink".split(" "),
  ..."path_remove_directory path_rename path_symlink path_unlink_file sock_accept sock_recv sock_send".split(
    " ",
  ),
  "sock_shutdown",
];

/** What a module may call while `_initialize`, `_start` or `main` runs (`WasmBase::startVm`). */
export const ALLOWED_WHILE_STARTING: ReadonlySet<string> = new Set([
  "emscripten_notify_memory_growth",
  "proxy_log",
  ...WASI_WHILE_STARTING,
]);

/** What a module may call while its allocator runs (`WasmBase::allocMemory`). */
export const ALLOWED_WHILE_ALLOCATING: ReadonlySet<string> = new Set([
  "proxy_log",
  "fd_write",
  "clock_time_get",
  "poll_oneoff",
]);

/** Thrown into the guest when it calls something else there: Envoy traps with this text. */
export class RestrictedCallback extends Error {
  constructor(readonly hostcall: string) {
    super("restricted_callback");
  }
}
