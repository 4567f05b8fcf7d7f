import { resolve } from "node:path";
import { parseCluster } from "../envoy/clusters.js";
import { formatHostPort, parseListen, parseUpstream } from "../envoy/endpoint.js";
import { findEnvoy } from "../envoy/find.js";
import type { FilterLogLine, LogLevel } from "../envoy/log-line.js";
import { MeshwasmError } from "../errors.js";
import { maskedNames } from "../record/masked-names.js";
import { Recorder } from "../record/recorder.js";
import { startHttpEcho, startTcpEcho } from "./echo-upstream.js";
import type { Engine, EngineName } from "./engine.js";
import { startEnvoyEngine } from "./envoy-engine.js";
import { startHostEngine } from "./host-engine.js";
import { loadPluginConfig } from "./plugin-config.js";
import { loadTarget, type Target, type TargetOptions } from "./target.js";
import { watchAndUpdate } from "./watch-filter.js";

/** What `meshwasm run` was asked for. */
export interface RunOptions extends TargetOptions {
  /** A filter's folder or a module; absent: the current folder. */
  path?: string;
  /** Absent: envoy. */
  engine?: EngineName;
  /** As `parseListen` reads it; absent: a free port on 127.0.0.1. */
  listen?: string;
  /** As `parseUpstream` reads it; absent: the built-in echo. */
  upstream?: string;
  /** File of the plugin's configuration; absent: see `loadPluginConfig`. */
  config?: string;
  /** Whether to follow changes of the sources and the configuration. */
  watch?: boolean;
  /** Where exchanges are recorded as cases for `meshwasm test`; absent: nowhere. */
  record?: string;
  /** Names that are masked in recordings beside `maskedByDefault`. */
  mask?: readonly string[];
  /** Servers that the filter may call, as `parseCluster` reads them; absent: none. */
  cluster?: readonly string[];
  /** The lowest level of the filter's messages that `onLog` gets; absent: info. */
  logLevel?: LogLevel;
  /** Ends everything. */
  signal: AbortSignal;
  /** What the filter logs. */
  onLog: (line: FilterLogLine) => void;
  /** What happens on the way, one line each. */
  onInfo: (line: string) => void;
  /** What goes wrong without ending the run. */
  onWarning: (line: string) => void;
}

/** What `meshwasm run --json` prints once the filter takes traffic. */
export interface RunDocument {
  /** `HOST:PORT` */
  listen: string;
  engine: EngineName;
  /** A URL. */
  upstream: string;
  /** Base URL of Envoy's admin API; absent with the engine `host`. */
  admin?: string;
  /** Absolute path of the module. */
  wasm: string;
  /** Of the module, lower-case hex. */
  sha256: string;
  /** Absolute path of the folder with the recorded cases; absent: nothing is recorded. */
  record?: string;
  /** Envoy's process; absent with the engine `host`. */
  pid?: number;
}

/** A filter that takes traffic. */
export interface RunningFilter {
  document: RunDocument;
  /** A line for a shell that sends something through the filter. */
  tryIt: string;
  /** Resolves once everything has stopped; rejects when the engine ended by itself. */
  ended: Promise<void>;
}

/**
 * Builds the filter, starts engine and upstream, and follows changes if asked to. Whatever it started is stopped when
 * `signal` aborts, when the engine ends, and when the start fails.
 *
 * @throws MeshwasmError as `loadTarget`, `loadPluginConfig` and the engines do; CANCELLED when `signal` comes first
 */
export async function runFilter(options: RunOptions): Promise<RunningFilter> {
  const { engine: engineName = "envoy", signal, onLog, onInfo, onWarning } = options;
  const listen = options.listen === undefined ? { host: "127.0.0.1", port: 0 } : parseListen(options.listen);
  const given = options.upstream === undefined ? undefined : parseUpstream(options.upstream);
  const clusters = (options.cluster ?? []).map(parseCluster);
  if (options.mask && options.record === undefined)
    throw new MeshwasmError("USAGE", "--mask is for recordings", { hint: "add --record DIR" });
  const envoy = engineName === "envoy" ? await findEnvoy() : undefined;

  const path = options.path ?? ".";
  const target = await loadTarget(path, options, onWarning);
  const { bytes: config } = await loadPluginConfig(options.config, target.filter);
  if (signal.aborted) throw new MeshwasmError("CANCELLED", "stopped before the filter took traffic");

  const { kind, rootId, pluginName, bytes: wasm } = target;
  const recorder =
    options.record === undefined ? undefined : await openRecorder(options, target, options.record);
  const echo = given ? undefined : await (kind === "http" ? startHttpEcho() : startTcpEcho());
  const cleanUps: (() => Promise<unknown>)[] = echo ? [() => echo.close()] : [];
  if (recorder) cleanUps.push(() => recorder.drained());
  const cleanUp = async () => {
    for (const step of cleanUps.splice(0).reverse()) await step();
  };
  let engine: Engine;
  try {
    const upstream = given ?? parseUpstream(echo?.url ?? "");
    const logLevel = options.logLevel ?? "info";
    const common = {
      ...{ wasm, config, kind, rootId, pluginName, listen, upstream, clusters, logLevel, onLog, signal },
      ...(recorder && { recorder }),
    };
    engine = await (envoy ? startEnvoyEngine(common, envoy) : startHostEngine(common));
    cleanUps.push(() => engine.stop());
    if (options.watch) {
      const watching = await watchAndUpdate({ ...options, path }, target, engine, { onInfo, onWarning });
      cleanUps.push(() => watching.close());
    }
  } catch (error) {
    await cleanUp();
    throw error;
  }

  const address = formatHostPort(engine.listen);
  return {
    document: {
      listen: address,
      engine: engineName,
      upstream: options.upstream ?? echo?.url ?? "",
      ...(engine.adminUrl === undefined ? {} : { admin: engine.adminUrl }),
      wasm: target.path,
      sha256: target.sha256,
      ...(options.record === undefined ? {} : { record: resolve(options.record) }),
      ...(engine.pid === undefined ? {} : { pid: engine.pid }),
    },
    tryIt: kind === "http" ? `curl -i http://${address}/` : `nc ${engine.listen.host} ${engine.listen.port}`,
    ended: untilEnd(engine, signal).finally(cleanUp),
  };
}

async function openRecorder(options: RunOptions, target: Target, dir: string): Promise<Recorder> {
  const { rootId, pluginName } = target;
  const { engine = "envoy", mask = [], onInfo, onWarning } = options;
  return Recorder.open({
    dir: resolve(dir),
    mask: maskedNames(mask),
    rootId,
    pluginName,
    engine,
    onInfo,
    onWarning,
  });
}

async function untilEnd(engine: Engine, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const failure = await Promise.race([engine.failed, aborted]);
  if (failure) throw failure;
}
