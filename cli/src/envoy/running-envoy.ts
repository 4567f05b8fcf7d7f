import type { FilterKind } from "../filter/manifest.js";
import type { ChildExit } from "./child.js";
import type { NamedCluster } from "./clusters.js";
import type { HostPort, Upstream } from "./endpoint.js";
import type { FailurePolicy } from "./extension-config.js";
import type { EnvoyBinary } from "./find.js";
import type { EnvoyLogLine, FilterLogLine, LogLevel } from "./log-line.js";

/** What `startEnvoy` needs to know. */
export interface StartEnvoyOptions {
  /** The module: its bytes, or the path of its file. */
  wasm: Uint8Array | string;
  /** Absent: http. */
  kind?: FilterKind;
  /** Where the traffic goes, as `parseUpstream` reads it or as it answers. */
  upstream: string | Upstream;
  /** Absent: a free port on 127.0.0.1. */
  listen?: HostPort;
  /** The id that the filter registered itself under; absent: empty, which is the module's only root context. */
  rootId?: string;
  /** The plugin's name in Envoy's logs and stats; absent: `rootId`, or `filter`. */
  pluginName?: string;
  /** The plugin's configuration; absent or empty: none. */
  config?: string | Uint8Array;
  /** Absent: FailReload. */
  failurePolicy?: FailurePolicy;
  /** Further fields of Envoy's PluginConfig, as JSON (`allow_on_headers_stop_iteration`); absent: none. */
  plugin?: Record<string, unknown>;
  /** Changes the bootstrap before Envoy gets it: for tests of what `run` does not set up. */
  amend?: (bootstrap: object) => object;
  /** Further clusters that the filter may call by name. */
  clusters?: readonly NamedCluster[];
  /** Envoy's worker threads, each with a VM of its own; absent: 1. */
  concurrency?: number;
  /** The lowest level at which the filter's messages appear; absent: info. */
  logLevel?: LogLevel;
  /** Absent: what `findEnvoy` finds. */
  envoy?: EnvoyBinary;
  /** Called with each message that the filter logs; one message comes once per VM that logs it. */
  onLog?: (line: FilterLogLine) => void;
  /** Called with each entry of Envoy's log, the filter's messages among them. */
  onLine?: (entry: EnvoyLogLine) => void;
  /** How many log entries `logs` keeps; absent: 1000. */
  logCapacity?: number;
  /** Stops the Envoy, also while it is starting. */
  signal?: AbortSignal;
  /** How long Envoy may take to be live with the filter loaded, in milliseconds; absent: 30,000. */
  readyTimeoutMs?: number;
  /** How long Envoy may take to end after SIGTERM, in milliseconds, before it gets SIGKILL; absent: 3000. */
  graceMs?: number;
}

/** What `update` changes; what is absent stays as it is. */
export interface EnvoyUpdate {
  /** The module: its bytes, or the path of its file. */
  wasm?: Uint8Array | string;
  /** The plugin's configuration; empty: none. */
  config?: string | Uint8Array;
}

/** An Envoy that is live and has the filter loaded. */
export interface RunningEnvoy {
  readonly pid: number;
  readonly binary: EnvoyBinary;
  /** Where it listens, with the real port. */
  readonly listen: HostPort;
  /** The same as a URL: `http://HOST:PORT`, or `tcp://HOST:PORT` for a network filter. */
  readonly url: string;
  /** The admin API's base URL. */
  readonly adminUrl: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<ChildExit>;
  /** Lower-case hex sha256 of the module that serves. */
  readonly sha256: string;
  /** The last log entries, oldest first. */
  logs(): EnvoyLogLine[];
  /** Counters, gauges (numbers) and text readouts (strings) whose names begin with `prefix`. */
  stats(prefix: string): Promise<Record<string, number | string>>;
  /**
   * Changes module or configuration without closing a connection: new HTTP streams, and new TCP connections, meet the new
   * filter. Resolves once Envoy has taken it.
   *
   * @throws MeshwasmError ENVOY_FAILED with Envoy's reason when it refused; what served before goes on serving.
   */
  update(change: EnvoyUpdate): Promise<void>;
  /** Ends the process and removes its temporary folder; may be called again at any time. */
  stop(): Promise<void>;
}
