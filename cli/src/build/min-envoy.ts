import { type AbiVersion, envoyImport } from "@meshwasm/sdk/host";

/** The first Envoy with Wasm at all: all of ABI 0.1.0, 0.2.0 and 0.2.1, `envoy_resolve_dns`, and the WASI functions below. */
const first = "1.17";

/**
 * In which Envoy an import came, where that was after Wasm itself: by the versions of proxy-wasm-cpp-host that Envoy was
 * built with, and the functions that each registers (`registerCallbacks` in its src/wasm.cc, FOR_ALL_WASI_FUNCTIONS in its
 * include/proxy-wasm/exports.h). Where a release between is not known to have it, the later one counts.
 */
const since: readonly { envoy: string; names: readonly string[] }[] = [
  // Host 1582711 and 02a3ce2 (2020-12-16), https://github.com/envoyproxy/envoy/pull/14433.
  {
    envoy: first,
    names: [
      ...["fd_write", "fd_read", "fd_seek", "fd_close", "fd_fdstat_get", "environ_get", "environ_sizes_get"],
      ...["args_get", "args_sizes_get", "clock_time_get", "random_get", "proc_exit"],
    ],
  },
  // Host f383473 (2021-11-18), https://github.com/envoyproxy/envoy/pull/19074.
  { envoy: "1.21", names: ["path_open", "fd_prestat_get", "fd_prestat_dir_name"] },
  // Host 73fe589 (2022-06-15), https://github.com/envoyproxy/envoy/pull/22575.
  { envoy: "1.24", names: ["emscripten_notify_memory_growth"] },
  // Host c4d7bb0 (2024-12-19), https://github.com/proxy-wasm/proxy-wasm-cpp-host/pull/427.
  { envoy: "1.34", names: ["fd_fdstat_set_flags", "sched_yield", "poll_oneoff"] },
  // Host 09e5f8d (2026-06-22), https://github.com/envoyproxy/envoy/pull/45756.
  {
    envoy: "1.39",
    names: [
      ...["fd_fdstat_set_rights", "clock_res_get", "fd_advise", "fd_allocate", "fd_datasync", "fd_tell"],
      ...[
        "fd_filestat_set_size",
        "fd_filestat_set_times",
        "fd_pread",
        "fd_pwrite",
        "fd_readdir",
        "fd_renumber",
      ],
      ...["fd_sync", "path_create_directory", "path_filestat_set_times", "path_link", "path_readlink"],
      ...["path_remove_directory", "path_rename", "path_symlink", "path_unlink_file", "sock_accept"],
      ...["sock_recv", "sock_send", "sock_shutdown", "path_filestat_get", "fd_filestat_get"],
    ],
  },
];

const versions = new Map(since.flatMap(({ envoy, names }) => names.map((name) => [name, envoy])));

/**
 * The lowest Envoy version that loads a module with these imports, such as `1.17`; null when none does (up to 1.40).
 *
 * Only imports count: a missing one keeps a module from loading. Callbacks are looked up by name, and all that there are came
 * with Wasm itself; functions that a module asks for by name (`call_foreign_function`) and attributes are not seen here, and
 * answer `NotFound` where they are missing.
 *
 * @param abi what the module's marker says; `unknown`: no Envoy loads it
 * @param imports as `module.name`
 */
export function minEnvoy(abi: string, imports: readonly string[]): string | null {
  if (!["0.1.0", "0.2.0", "0.2.1"].includes(abi)) return null;
  let lowest = first;
  for (const full of imports) {
    const [module = "", ...rest] = full.split(".");
    const name = rest.join(".");
    if (!envoyImport(abi as AbiVersion, module, name)) return null;
    const version = versions.get(name) ?? (module === "env" ? first : undefined);
    if (version === undefined) return null;
    if (minorOf(version) > minorOf(lowest)) lowest = version;
  }
  return lowest;
}

function minorOf(version: string): number {
  return Number(version.split(".")[1]);
}
