import { readFileSync } from "node:fs";
import { grpcCallouts, httpCallouts } from "./callouts/callout.js";
import type { GrpcCallout } from "./callouts/grpc-callout.js";
import type { HttpCallout } from "./callouts/http-callout.js";
import { encodeStats } from "./contexts/call-data.js";
import type { RootContext } from "./contexts/root.js";
import { FilterDriver } from "./driver.js";
import type { MeshwasmError } from "./errors.js";
import type { Exchange } from "./http/exchange.js";
import { StreamManager, type StreamOwner } from "./http/stream.js";
import { type LoadedModule, loadModule } from "./module/load.js";
import type { AbiVersion } from "./module/signatures.js";
import { type ConfigInput, configBytes, type HostOptions, type Settings, settings } from "./options.js";
import { isRefusal, PluginRuntime } from "./plugin-runtime.js";
import type { Addresses } from "./properties/stream-info.js";
import { mapBeside, sourcePlaces } from "./source-map/module-map.js";
import { TcpConnection } from "./tcp/connection.js";
import type { CallRecord } from "./transcript.js";
import type { LogEntry } from "./world/logs.js";
import type { Metric } from "./world/metrics.js";
import type { World } from "./world/world.js";

/**
 * Runs one proxy-wasm module as one Envoy worker would. Everything is synchronous: when a method returns,
 * the filter has done all it does until something else happens.
 */
export class Host extends FilterDriver {
  private readonly loaded: LoadedModule;
  private readonly settings: Settings;
  /** What this host shares with others that were given the same one: data, queues, metrics, time. */
  readonly world: World;
  private runtime: PluginRuntime;
  /** The host that started the VM, when this plugin runs in the same. */
  private readonly sharing: Host | undefined;
  private started = false;
  private closed = false;
  private connections = 0;
  /** Values at the last flush. */
  private readonly flushed = new Map<string, bigint>();

  /**
   * Compiles the module and checks it as Envoy does; nothing of it runs yet.
   * @throws MeshwasmError `MODULE_INVALID`, `ABI_UNSUPPORTED`, `IMPORT_MISSING`, `IMPORT_MISMATCH`, `USAGE`
   */
  constructor(wasm: Uint8Array, options?: HostOptions);
  /** @internal */
  constructor(wasm: Uint8Array | Host, options?: HostOptions);
  constructor(wasm: Uint8Array | Host, options: HostOptions = {}) {
    super();
    if (wasm instanceof Host) {
      this.sharing = wasm;
      const { rootId = "", pluginName = "", pluginConfig } = options;
      this.settings = { ...wasm.settings, rootId, pluginName, pluginConfig: configBytes(pluginConfig) };
      this.loaded = wasm.loaded;
    } else {
      this.settings = settings(options);
      const { loopLimit, capabilities } = this.settings;
      this.loaded = loadModule(wasm, sourcePlaces(wasm, options.sourceMap), { loopLimit, capabilities });
    }
    this.world = this.settings.world;
    this.runtime = new PluginRuntime(this.loaded, this.settings, false, this.sharing?.runtime);
    const { bufferLimit, addresses } = this.settings;
    this.streamOwner = { bufferLimit, addresses, nextConnectionId: () => this.connections++ };
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

  /**
   * Another plugin in the same VM, as Envoy runs plugins that have module, `vm_id` and VM configuration in common. What belongs
   * to the VM is the same for both: logs, callouts, memory, and everything that was given in this host's options but
   * these.
   */
  plugin(options: Pick<HostOptions, "rootId" | "pluginName" | "pluginConfig"> = {}): Host {
    return new Host(this, options);
  }

  /** The plugin's name; empty when it has none. */
  get pluginName(): string {
    return this.settings.pluginName;
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
      this.sharing?.start();
      this.started = true;
      this.world.join(this.settings.vmId);
      this.runtime.start(this.settings.pluginConfig);
      this.runtime.settle();
    }
    return this;
  }

  protected newStream(protocol: string | undefined): StreamManager {
    return new StreamManager([{ root: this.openRoot() }], this.streamOwner, protocol ?? "HTTP/1.1");
  }

  /** @internal What streams need to know of where they run. */
  readonly streamOwner: StreamOwner;

  /** @internal */
  settle(): void {
    this.runtime.settle();
  }

  tcp(addresses: Partial<Addresses> = {}): TcpConnection {
    const owner = { nextConnectionId: this.streamOwner.nextConnectionId, settle: () => this.settle() };
    return new TcpConnection([{ root: this.openRoot() }], owner, {
      ...this.settings.addresses,
      ...addresses,
    });
  }

  /** @internal The plugin's root context for a new stream. */
  openRoot(): RootContext {
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

  /** As {@link Exchange.warnings}, of what the module does outside streams. */
  get warnings(): readonly string[] {
    return this.runtime.journal.warnings;
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

  get leaks(): string[] {
    return this.runtime.leaks;
  }

  get memorySize(): number {
    return this.runtime.vm?.memory.size ?? 0;
  }

  /** Ids of the contexts that live: 0 the VM, then roots and streams. */
  get contextIds(): number[] {
    return [...(this.runtime.vm?.contexts.keys() ?? [])];
  }
}
