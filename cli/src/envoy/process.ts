import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { MeshwasmError } from "../errors.js";
import { EnvoyAdmin } from "./admin.js";
import { bootstrap } from "./bootstrap.js";
import { type ChildExit, type GuardedChild, startGuarded } from "./child.js";
import { formatHostPort, type HostPort, parseUpstream } from "./endpoint.js";
import { failureReason } from "./failure-reason.js";
import { FilterFiles } from "./filter-files.js";
import { type EnvoyBinary, findEnvoy } from "./find.js";
import { LiveFilter } from "./live-filter.js";
import { LogRing, parseLogLine } from "./log-line.js";

import type { RunningEnvoy, StartEnvoyOptions } from "./running-envoy.js";

export type { EnvoyUpdate, RunningEnvoy, StartEnvoyOptions } from "./running-envoy.js";

const pollMs = 20;

/**
 * Starts an Envoy with one filter in front of one upstream, and waits until it is live and has loaded the filter. Nothing
 * of it outlives `stop`, `signal`, or this process, however that ends.
 *
 * @throws MeshwasmError ENVOY_MISSING, ENVOY_FAILED (with Envoy's reason), PORT_IN_USE, USAGE (the upstream), CANCELLED.
 */
export async function startEnvoy(options: StartEnvoyOptions): Promise<RunningEnvoy> {
  const upstream = typeof options.upstream === "string" ? parseUpstream(options.upstream) : options.upstream;
  const { kind = "http", rootId = "", listen = { host: "127.0.0.1", port: 0 }, signal } = options;
  const pluginName = options.pluginName ?? (rootId || "filter");
  throwIfCancelled(signal);
  const binary = options.envoy ?? (await findEnvoy());
  const bytes = await moduleBytes(options.wasm);

  const log = new LogRing(options.logCapacity ?? 1000);
  const onLine = (line: string) => {
    const entry = parseLogLine(line, pluginName, rootId);
    log.push(entry);
    options.onLine?.(entry);
    if (entry.filterMessage !== undefined)
      options.onLog?.({ level: entry.level, message: entry.filterMessage });
  };

  const files = await FilterFiles.create();
  let child: GuardedChild;
  const { failurePolicy = "FailReload", config = "", plugin = {} } = options;
  const filter = new LiveFilter(files, { kind, rootId, pluginName, failurePolicy, plugin }, log);
  try {
    await filter.write({ wasm: bytes, config });
    const caFile = upstream.tls ? { caFile: await files.writeCertificateAuthorities() } : {};
    const { clusters = [], amend = (document: object) => document } = options;
    const { extensionConfigPath } = files;
    await files.writeBootstrap(
      amend(bootstrap({ kind, listen, upstream, extensionConfigPath, clusters, ...caFile })),
    );
    child = await startGuarded(commandLine(binary, files, options), files.dir, onLine);
  } catch (error) {
    await files.remove();
    throw error;
  }

  const ended = new AbortController();
  void child.exited.then(() => ended.abort());
  const stop = async () => {
    signal?.removeEventListener("abort", stop);
    await child.stop(options.graceMs ?? 3000);
  };
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) void stop();
  try {
    const deadline = AbortSignal.timeout(options.readyTimeoutMs ?? 30_000);
    const untilReady = AbortSignal.any([ended.signal, deadline]);
    const admin = new EnvoyAdmin(await adminUrl(files, untilReady), ended.signal);
    while (!(await admin.isLive())) await sleep(pollMs, undefined, { signal: untilReady });
    filter.attach(admin);
    await filter.settled(untilReady);
    const at = await admin.listener();
    if (!at) throw new MeshwasmError("ENVOY_FAILED", "Envoy has no listener");
    return {
      pid: child.pid,
      binary,
      listen: at,
      url: `${kind === "http" ? "http" : "tcp"}://${formatHostPort(at)}`,
      adminUrl: admin.url,
      exited: child.exited,
      get sha256() {
        return filter.sha256;
      },
      logs: () => log.all(),
      stats: (prefix) => admin.stats(prefix),
      async update(change) {
        const wasm = change.wasm === undefined ? undefined : await moduleBytes(change.wasm);
        await filter.update({
          ...(wasm ? { wasm } : {}),
          ...(change.config === undefined ? {} : { config: change.config }),
        });
      },
      stop,
    };
  } catch (error) {
    const exit = ended.signal.aborted ? await child.exited : undefined;
    await stop();
    throwIfCancelled(signal);
    throw startFailure(error, exit, log, listen);
  }
}

function commandLine(binary: EnvoyBinary, files: FilterFiles, options: StartEnvoyOptions): string[] {
  return [
    binary.path,
    ...["--config-path", files.bootstrapPath],
    ...["--admin-address-path", files.adminAddressPath],
    ...["--concurrency", String(options.concurrency ?? 1)],
    ...["--log-level", "warning", "--component-log-level", `wasm:${options.logLevel ?? "info"}`],
    // Unlike a dynamic base id, this leaves no shared memory behind when the process is killed.
    "--disable-hot-restart",
  ];
}

async function adminUrl(files: FilterFiles, signal: AbortSignal): Promise<string> {
  for (;;) {
    const address = await readFile(files.adminAddressPath, "utf8").catch(() => "");
    if (address) return `http://${address.trim()}`;
    await sleep(pollMs, undefined, { signal });
  }
}

async function moduleBytes(wasm: Uint8Array | string): Promise<Uint8Array> {
  if (typeof wasm !== "string") return wasm;
  return readFile(wasm).catch((cause: NodeJS.ErrnoException) => {
    throw new MeshwasmError("FILE_NOT_FOUND", `cannot read the module ${wasm}: ${cause.code}`, { cause });
  });
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new MeshwasmError("CANCELLED", "stopped before Envoy was ready", { cause: signal.reason });
}

function startFailure(error: unknown, exit: ChildExit | undefined, log: LogRing, listen: HostPort): unknown {
  if (error instanceof MeshwasmError) return error;
  const details = log.all();
  const reason = failureReason(details);
  if (/Address already in use/.test(reason)) {
    return new MeshwasmError("PORT_IN_USE", `${formatHostPort(listen)} is in use by another process`, {
      hint: "choose another port with --listen, or port 0 for a free one",
      details,
    });
  }
  const how = exit
    ? `Envoy ended with ${exit.signal ?? `exit code ${exit.code}`}`
    : "Envoy was not ready in time";
  return new MeshwasmError("ENVOY_FAILED", `${how}: ${reason}`, { cause: error, details });
}
