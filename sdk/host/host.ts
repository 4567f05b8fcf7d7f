import { readFileSync } from "node:fs";
import { grpcCallouts, httpCallouts } from "./callouts/callout.js";
import type { GrpcCallout } from "./callouts/grpc-callout.js";
import type { HttpCallout } from "./callouts/http-callout.js";
import { encodeStats } from "./contexts/call-data.js";
import type { RootContext } from "./contexts/root.js";
import type { MeshwasmError } from "./errors.js";
import { Exchange } from "./http/exchange.js";
import { type FetchInit, fetchThrough } from "./http/fetch.js";
import { deliver, HttpStream } from "./http/http-stream.js";
import { type RequestInput, type ResponseInput, requestMessage, responseMessage } from "./http/input.js";
import { SeenRequest } from "./http/seen.js";
import { StreamManager } from "./http/stream.js";
import { type LoadedModule, loadModule } from "./module/load.js";
import type { AbiVersion } from "./module/signatures.js";
import { type ConfigInput, configBytes, type HostOptions, type Settings, settings } from "./options.js";
import { isRefusal, PluginRuntime } from "./plugin-runtime.js";
import type { Addresses } from "./properties/stream-info.js";
import { mapBeside, sourcePlaces } from "./source-map/module-map.js";
import { TcpConnection } from "./tcp/connection.js";
import { type ConnectionScript, converse } from "./tcp/conversation.js";
import type { CallRecord } from "./transcript.js";
import type { LogEntry } from "./world/logs.js";
import type { Metric } from "./world/metrics.js";
import type { World } from "./world/world.js";

/** Who answers a request that passed the filter: always the same, or by request. */
export type Upstream = ResponseInput | ((request: SeenRequest) => ResponseInput);

/**
 * Runs one proxy-wasm module as one Envoy worker would. Everything is synchronous: when a method returns,
 * the filter has done all it does until something else happens.
 */
export class Host {
  private readonly loaded: LoadedModule;
  private readonly settings: Settings;
  /** What this host shares with others that were given the same one: data, queues, metrics, time. */
  readonly world: World;
  private runtime: PluginRuntime;
  private started = false;
  private closed = false;
  private connections = 0;
  /** Values at the last flush. */
  private readonly flushed = new Map<string, bigint>();

  /**
   * Compiles the module and checks it as Envoy does; nothing of it runs yet.
   * @throws MeshwasmError `MODULE_INVALID`, `ABI_UNSUPPORTED`, `IMPORT_MISSING`, `IMPORT_MISMATCH`, `USAGE`
   */
  constructor(wasm: Uint8Array, options: HostOptions = {}) {
    this.settings = settings(options);
    this.loaded = loadModule(wasm, sourcePlaces(wasm, options.sourceMap));
    this.world = this.settings.world;
    this.runtime = new PluginRuntime(this.loaded, this.settings);
  }

  /**
   * A host for a module in a file. A source map of the same name with `.map` behind it is read too; one that was made for
   * other bytes is passed over.
   *
   * @throws what `fs.readFileSync` and the constructor throw
   */
  static fromFile(path: string | URL, options: HostOptions = {}): Host {
    const sourceMap = options.sourceMap ?? mapBeside(path);
    return new Host(readFileSync(path), { ...options, ...(sourceMap !== undefined && { sourceMap }) });
  }

  /** The ABI version that the module says it was made for. */
  get abi(): AbiVersion {
    return this.loaded.abi;
  }

  /**
   * Starts the VM and configures the plugin; called by itself before the first stream. Does nothing when
   * started already.
   * @throws MeshwasmError `START_FAILED`, `CONFIGURE_FAILED`, `TRAP`; the message carries what was logged
   */
  start(): this {
    if (!this.started) {
      this.started = true;
      this.world.join(this.settings.vmId);
      this.runtime.start(this.settings.pluginConfig);
      this.runtime.settle();
    }
    return this;
  }

  /** Sends a request through the filter to the upstream (default: 200 without a body) and the answer back. */
  exchange(request: RequestInput = {}, upstream: Upstream = {}): Exchange {
    const stream = this.newStream(request.protocol);
    const answer = () => {
      if (stream.ended) return;
      const input = typeof upstream === "function" ? upstream(new SeenRequest(stream.upstream)) : upstream;
      deliver(responseMessage(input), stream, "response");
    };
    stream.upstream.onEnd = () => this.runtime.post(answer);
    deliver(requestMessage(request), stream, "request");
    this.runtime.settle();
    return new Exchange(stream);
  }

  /**
   * Sends a request as the global `fetch` does, for the common case: `await host.fetch("/path", { upstream })`. While the
   * filter holds it back virtual time passes, ten minutes at most.
   *
   * @param input a URL, a path below `http://example.com`, or a Request
   * @throws MeshwasmError `STREAM_PAUSED` when nothing will make the stream go on, `STREAM_RESET` when it was cut off;
   *   and whatever `upstream` throws
   */
  fetch(input: string | URL | Request, init: FetchInit = {}): Promise<Response> {
    return fetchThrough(this, input, init);
  }

  /** A stream to be driven step by step. */
  http(): HttpStream {
    return new HttpStream(this.newStream(undefined), () => this.runtime.settle());
  }

  private newStream(protocol: string | undefined): StreamManager {
    return new StreamManager(
      this.openRoot(),
      {
        bufferLimit: this.settings.bufferLimit,
        addresses: this.settings.addresses,
        nextConnectionId: () => this.connections++,
        streamEnded: (root) => this.runtime.streamEnded(root),
      },
      protocol ?? "HTTP/1.1",
    );
  }

  /** A TCP connection to be driven step by step, for a network filter. It is not connected yet. */
  tcp(addresses: Partial<Addresses> = {}): TcpConnection {
    const owner = {
      nextConnectionId: () => this.connections++,
      settle: () => this.runtime.settle(),
      streamEnded: (root: RootContext) => this.runtime.streamEnded(root),
    };
    return new TcpConnection(this.openRoot(), owner, { ...this.settings.addresses, ...addresses });
  }

  /** A whole TCP conversation; with `finish: "open"` the connection can be driven further. */
  connection(script: ConnectionScript): TcpConnection {
    const { source = this.settings.addresses.source, destination = this.settings.addresses.destination } =
      script;
    return converse(this.tcp({ source, destination }), script);
  }

  private openRoot(): RootContext {
    this.start();
    this.runtime.reloadIfDue();
    return this.runtime.root!;
  }

  /** Lets `ms` milliseconds pass: ticks fire at their time, and time that the guest asks for moves along. */
  advance(ms: number): this {
    this.start();
    this.runtime.clock.advance(ms, () => this.runtime.settle());
    return this;
  }

  /** Milliseconds until the next tick or answer falls due; undefined: nothing is waited for. */
  get nextTimer(): number | undefined {
    return this.runtime.clock.next;
  }

  /**
   * Gives the plugin another configuration. As in Envoy, a fresh canary VM must accept it first, then a
   * new root context in the running VM takes over, and the old one is shut down after its last stream.
   * @returns false when the canary refused: the old configuration stays in force, its log entries are kept
   */
  configure(pluginConfig: ConfigInput): boolean {
    this.start();
    const config = configBytes(pluginConfig);
    const canary = new PluginRuntime(this.loaded, { ...this.settings, onLog: undefined }, true);
    try {
      canary.start(config);
    } catch (error) {
      for (const { level, message } of canary.logs.entries)
        this.runtime.logs.add(
          ["trace", "debug", "info", "warn", "error", "critical"].indexOf(level),
          message,
          0,
        );
      if (!isRefusal(error)) throw error;
      return false;
    }
    this.runtime.replaceRoot(config);
    this.runtime.settle();
    return true;
  }

  /** Shuts the plugin down: `proxy_on_done` and `proxy_on_delete` on its root context. */
  close(): void {
    if (!this.started || this.closed || this.runtime.root === undefined) return;
    this.closed = true;
    this.runtime.shutDown(this.runtime.root);
    this.runtime.settle();
    this.world.leave(this.settings.vmId);
  }

  /**
   * Shows an exchange that is over to the plugin as to an access logger: `proxy_on_log` of its root context. The exchange
   * may be of another host: in Envoy a logger and a filter are two plugins.
   *
   * @throws MeshwasmError `USAGE` while the exchange goes on
   */
  logAccess(exchange: Exchange): this {
    exchange.logTo(this.openRoot());
    this.runtime.settle();
    return this;
  }

  /**
   * Flushes the stats, as Envoy does every few seconds to its stats sinks: `envoy_on_stats_update` with the metrics of this
   * world that were used.
   */
  flushStats(): this {
    this.start();
    const used = [...this.metrics].filter(([, { value }]) => value > 0n);
    const stats = (type: string) =>
      used
        .filter(([, metric]) => metric.type === type)
        .map(([key, { value }]) => {
          const name = `wasmcustom.${key}`;
          const delta = value - (this.flushed.get(name) ?? 0n);
          this.flushed.set(name, value);
          return { name, value, delta };
        });
    this.runtime.root?.statsUpdate(encodeStats(stats("counter"), stats("gauge")));
    this.runtime.settle();
    return this;
  }

  /** Everything that was logged at or above the log level, oldest first. */
  get logs(): readonly LogEntry[] {
    return this.runtime.logs.entries;
  }

  /** Callbacks and hostcalls outside streams: start, configure, ticks, shutdown. */
  get calls(): readonly CallRecord[] {
    return this.runtime.journal.calls;
  }

  /** HTTP requests that the filter sent by itself, oldest first. */
  get callouts(): readonly HttpCallout[] {
    return httpCallouts(this.runtime.callouts);
  }

  /** gRPC calls and streams that the filter began by itself, oldest first. */
  get grpcCallouts(): readonly GrpcCallout[] {
    return grpcCallouts(this.runtime.callouts);
  }

  /** Metrics by name, as the filter named them (Envoy adds `wasmcustom.` in front). */
  get metrics(): ReadonlyMap<string, Metric> {
    return this.world.metrics.byName;
  }

  /** A counter's value; undefined when no counter of that name was defined. */
  counter(name: string): bigint | undefined {
    const metric = this.metrics.get(name);
    return metric?.type === "counter" ? metric.value : undefined;
  }

  /** Why the VM is dead; undefined while it lives. */
  get failure(): MeshwasmError | undefined {
    return this.runtime.vm?.failure;
  }

  /** With `FailReload`: how many streams found a dead VM, by what came of it. Envoy counts them as `vm_reload_…`. */
  get reloads(): Readonly<{ success: number; backoff: number; failure: number }> {
    return this.runtime.reloads;
  }

  /** Bytes of memory that the guest has; 0 before it was started. */
  get memorySize(): number {
    return this.runtime.vm?.memory.size ?? 0;
  }

  /** Ids of the contexts that live: 0 the VM, then roots and streams. */
  get contextIds(): number[] {
    return [...(this.runtime.vm?.contexts.keys() ?? [])];
  }
}
