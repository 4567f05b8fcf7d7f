import type { Callout } from "./callouts/callout.js";
import type { Clusters } from "./callouts/clusters.js";
import { Context, type Journal } from "./contexts/context.js";
import { type Plugin, RootContext } from "./contexts/root.js";
import { MeshwasmError } from "./errors.js";
import type { ForeignFunctions } from "./foreign/envoy-functions.js";
import { fromByteString } from "./headers/bytes.js";
import type { LoadedModule } from "./module/load.js";
import type { Settings } from "./options.js";
import { WasmResult } from "./status.js";
import type { CallRecord } from "./transcript.js";
import { Vm } from "./vm/vm.js";
import { VirtualClock } from "./world/clock.js";
import { LogBook, type LogEntry } from "./world/logs.js";
import { MetricStore } from "./world/metrics.js";
import type { SharedData } from "./world/shared-data.js";
import type { SharedQueues } from "./world/shared-queues.js";
import type { Surroundings } from "./world/surroundings.js";
import type { World } from "./world/world.js";

/**
 * A VM with its root contexts and the world around it: starting, configuring, ticking and shutting down.
 * Follows `WasmBase` and `PluginHandleBase` of proxy-wasm-cpp-host.
 */
export class PluginRuntime implements Surroundings {
  readonly clock: VirtualClock;
  readonly logs: LogBook;
  /** What the present VM defined. */
  metrics: MetricStore;
  /** Callouts that were made in the VM, oldest first. */
  readonly callouts: Callout[];
  /** Calls on the VM's own and on root contexts. */
  readonly journal: Journal & { readonly calls: CallRecord[]; readonly logs: LogEntry[] } = {
    calls: [],
    logs: [],
    callouts: [],
    warnings: [],
  };
  vmContext: Context | undefined;
  /** The plugin's present root context; undefined until started. */
  root: RootContext | undefined;
  vm: Vm | undefined;
  /** What became of the attempts to put a new VM in the place of a dead one. */
  readonly reloads = { success: 0, backoff: 0, failure: 0 };
  private config: Buffer = Buffer.alloc(0);
  private lastLoad = 0;
  private readonly world: World;
  private readonly ticks = new Map<number, { period: number; cancel: () => void }>();
  private readonly pendingDone = new Map<number, RootContext>();
  /** Ids of this plugin's root contexts, in whichever VM. */
  private readonly rootIds = new Set<number>();

  /** @param sharing the plugin that started the VM, when this one runs in the same */
  constructor(
    private readonly loaded: LoadedModule,
    private readonly settings: Settings,
    private readonly canary = false,
    private readonly sharing?: PluginRuntime,
  ) {
    this.world = settings.world;
    // A canary sees no time pass and gets no answers: it is gone before either could happen.
    this.clock = canary ? new VirtualClock(this.world.clock.now) : this.world.clock;
    this.metrics = new MetricStore(this.world.metrics);
    this.logs = sharing?.logs ?? new LogBook(settings.logLevel, settings.keep, settings.onLog);
    this.callouts = sharing?.callouts ?? [];
  }

  get vmId(): string {
    return this.settings.vmId;
  }
  get vmConfig(): Buffer {
    return this.settings.vmConfig;
  }
  get environment(): ReadonlyMap<string, string> {
    return this.settings.environment;
  }
  get properties(): Surroundings["properties"] {
    return this.settings.properties;
  }
  get sharedData(): SharedData {
    return this.world.sharedData;
  }
  get queues(): SharedQueues {
    return this.world.queues;
  }
  get clusters(): Clusters {
    return this.settings.clusters;
  }
  get foreignFunctions(): ForeignFunctions {
    return this.settings.foreignFunctions;
  }
  get dns(): ReadonlyMap<string, readonly string[]> {
    return this.settings.dns;
  }
  get headersStopAlone(): boolean {
    return this.settings.headersStopAlone;
  }
  get capabilities(): ReadonlySet<string> {
    return this.settings.capabilities;
  }
  get transcript(): boolean {
    return this.settings.transcript;
  }

  /** Instantiates the module and starts and configures a root context with that configuration. */
  start(config: Buffer): void {
    if (this.sharing !== undefined) {
      this.vm = this.sharing.vm;
      this.vmContext = this.sharing.vmContext;
      this.root = this.startRoot(config);
      return;
    }
    const vm = new Vm(this.loaded, this);
    this.vm = vm;
    this.lastLoad = this.clock.now;
    this.vmContext = new Context(vm, 0, this.journal);
    vm.startUp(this.vmContext);
    this.check("START_FAILED", true, "");
    this.root = this.startRoot(config);
  }

  /**
   * Puts a new VM in the place of one that trapped, where the policy says so and the last one is not too young. Follows
   * `PluginConfig::maybeReloadHandleIfNeeded` of Envoy: asked before each new stream, and a failed attempt counts as the
   * last one too.
   */
  reloadIfDue(): void {
    if (this.sharing !== undefined) {
      this.sharing.reloadIfDue();
      if (this.vm !== this.sharing.vm) this.start(this.config);
      return;
    }
    const { failurePolicy, reloadIntervalMs } = this.settings;
    if (failurePolicy !== "FailReload" || this.vm?.failure?.code !== "TRAP") return;
    if (this.clock.now - this.lastLoad < reloadIntervalMs) {
      this.reloads.backoff++;
      return;
    }
    const { vm, vmContext, metrics, root } = this;
    for (const rootId of [...this.ticks.keys()]) this.setTickPeriod(rootId, 0);
    this.metrics = new MetricStore(this.world.metrics);
    try {
      this.start(this.config);
      this.reloads.success++;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      Object.assign(this, { vm, vmContext, metrics, root });
      this.reloads.failure++;
    }
  }

  private startRoot(config: Buffer): RootContext {
    const plugin: Plugin = {
      name: this.settings.pluginName,
      rootId: this.settings.rootId,
      config,
      failOpen: this.settings.failurePolicy === "FailOpen",
    };
    const root = new RootContext(this.vm!, plugin, this.journal);
    this.rootIds.add(root.id);
    this.check("START_FAILED", root.start(), "proxy_on_vm_start answered false: Envoy does not start the VM");
    this.check(
      "CONFIGURE_FAILED",
      root.configure(),
      "proxy_on_configure answered false: Envoy rejects the configuration",
    );
    this.config = config;
    if (!this.canary) this.world.runTasks();
    return root;
  }

  private check(code: "START_FAILED" | "CONFIGURE_FAILED", accepted: boolean, message: string): void {
    const failure = this.vm!.failure;
    if (accepted && failure === undefined) return;
    const logged = this.logs.entries.map((entry) => `\n  [${entry.level}] ${entry.message}`).join("");
    if (failure === undefined) throw new MeshwasmError(code, message + logged);
    const { message: cause, hint, frames } = failure;
    throw new MeshwasmError(failure.code, cause + logged, { hint, frames, cause: failure });
  }

  /** A new root context takes over in the same VM; the old one goes once its last stream is gone. */
  replaceRoot(config: Buffer): void {
    const old = this.root!;
    this.root = this.startRoot(config);
    old.retired = true;
    if (old.openStreams === 0) this.shutDown(old);
  }

  streamEnded(root: RootContext): void {
    root.openStreams--;
    if (root.retired && root.openStreams === 0) this.shutDown(root);
  }

  /** `proxy_on_done`, then `proxy_on_delete` at once or when the module calls `proxy_done`. */
  shutDown(root: RootContext): void {
    if (this.sharing !== undefined) {
      this.sharing.shutDown(root);
      return;
    }
    this.setTickPeriod(root.id, 0);
    if (root.done()) root.delete();
    else this.pendingDone.set(root.id, root);
  }

  finish(rootId: number): number {
    const root = this.pendingDone.get(rootId);
    if (root === undefined) return WasmResult.NotFound;
    this.pendingDone.delete(rootId);
    this.vm!.defer(() => root.delete());
    return WasmResult.Ok;
  }

  /** What is left that would be gone if every stream and callout had come to its end, a line each. */
  get leaks(): string[] {
    const { vm } = this;
    if (vm === undefined) return [];
    const { pendingDone } = this.sharing ?? this;
    const left: string[] = [];
    for (const context of vm.contexts.values()) {
      if (context.id !== 0 && !this.rootIds.has(context.rootId)) continue;
      if (!(context instanceof RootContext)) {
        if (context.id !== 0) left.push(context.describe());
        continue;
      }
      if (pendingDone.has(context.id))
        left.push(`root context ${context.id}: it was shut down and has not called proxy_done`);
      else if (context.retired)
        left.push(
          `root context ${context.id}: it has an older configuration; streams of it that are not over: ${context.openStreams}`,
        );
      left.push(...context.unanswered());
    }
    if (this.sharing !== undefined) return left;
    for (const { name, items } of this.queues.waiting(this.vmId))
      left.push(`queue "${fromByteString(name)}": nobody took ${items} of its items`);
    return left;
  }

  setTickPeriod(rootId: number, period: number): void {
    this.ticks.get(rootId)?.cancel();
    this.ticks.delete(rootId);
    if (period === 0) return;
    const fire = () => {
      const root = this.vm?.contexts.get(rootId);
      if (!(root instanceof RootContext)) return;
      root.tick();
      const timer = this.ticks.get(rootId);
      if (timer === undefined) return;
      // Envoy arms it after every tick, also when the tick itself has set the period.
      timer.cancel();
      timer.cancel = this.clock.schedule(timer.period, fire);
    };
    this.ticks.set(rootId, { period, cancel: this.clock.schedule(period, fire) });
  }

  post(task: () => void): void {
    if (!this.canary) this.world.post(task);
  }

  postLast(task: () => void): void {
    if (!this.canary) this.world.postLast(task);
  }

  raise(error: MeshwasmError): void {
    this.world.raise(error);
  }

  noteCallout(callout: Callout): void {
    if (this.canary) return;
    this.callouts.push(callout);
    if (this.callouts.length > 2 * this.settings.keep) this.callouts.splice(0, this.settings.keep);
  }

  queueReady(contextId: number, token: number): void {
    this.post(() => {
      const context = this.vm?.contexts.get(contextId);
      if (context instanceof RootContext) context.queueReady(token);
    });
  }

  /** Ends a call from outside: runs what was posted, and throws what a hostcall raised. */
  settle(): void {
    const { calls, logs, callouts } = this.journal;
    if (calls.length > 2 * this.settings.keep) calls.splice(0, this.settings.keep);
    if (logs.length > 0) logs.length = 0;
    if (callouts.length > 0) callouts.length = 0;
    this.world.settle();
  }
}

/** Whether the module itself would not start: its fault, not the host's or the test's. */
export function isRefusal(error: unknown): error is MeshwasmError {
  return error instanceof MeshwasmError && ["START_FAILED", "CONFIGURE_FAILED", "TRAP"].includes(error.code);
}
