import type { NamedCluster } from "../envoy/clusters.js";
import type { HostPort, Upstream } from "../envoy/endpoint.js";
import type { FilterLogLine, LogLevel } from "../envoy/log-line.js";
import type { FilterKind } from "../filter/manifest.js";
import type { ExchangeSink } from "../record/recorded.js";

/** What runs the filter: a real Envoy, or the in-process host of the SDK. */
export type EngineName = "envoy" | "host";

/** What every engine needs to start. */
export interface EngineOptions {
  wasm: Uint8Array;
  /** The plugin's configuration; empty: none. */
  config: string | Uint8Array;
  kind: FilterKind;
  /** Empty: the module's only root context. */
  rootId: string;
  pluginName: string;
  /** Port 0: a free one. */
  listen: HostPort;
  upstream: Upstream;
  /** HTTP servers that the filter may call by name. */
  clusters: readonly NamedCluster[];
  /** Gets every exchange or connection once it is over; absent: nobody does. */
  recorder?: ExchangeSink;
  /** The lowest level of the filter's messages that `onLog` gets. */
  logLevel: LogLevel;
  onLog: (line: FilterLogLine) => void;
  /** Ends the start, and later the engine. */
  signal: AbortSignal;
}

/** A filter in front of its upstream, taking traffic. */
export interface Engine {
  readonly name: EngineName;
  /** Where it listens, with the real port. */
  readonly listen: HostPort;
  /** Envoy's admin API; absent: the engine has none. */
  readonly adminUrl?: string;
  /** The engine's process; absent: this one. */
  readonly pid?: number;
  /** Resolves with the reason when the engine ends without having been stopped. */
  readonly failed: Promise<Error>;
  /**
   * Puts another module or configuration in place without closing a connection.
   *
   * @throws MeshwasmError when it is refused; what served before goes on serving
   */
  update(change: { wasm: Uint8Array; config: string | Uint8Array }): Promise<void>;
  /** May be called again at any time. */
  stop(): Promise<void>;
}
