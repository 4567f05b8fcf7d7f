import type { Callout } from "../callouts/callout.js";
import type { Context } from "../contexts/context.js";
import { MeshwasmError } from "../errors.js";
import { createImports } from "../hostcalls/imports.js";
import { isAllowed } from "../hostcalls/restricted.js";
import type { LoadedModule } from "../module/load.js";
import { WasmResult } from "../status.js";
import type { CallRecord, CallValue } from "../transcript.js";
import type { Surroundings } from "../world/surroundings.js";
import { GuestMemory } from "./memory.js";
import { ALLOWED_WHILE_ALLOCATING, ALLOWED_WHILE_STARTING, RestrictedCallback } from "./restricted.js";
import { trapError } from "./trap.js";
import { Instance, type WasmInstance, type WasmMemory } from "./webassembly.js";

/** WASI's EFAULT; no status of the ABI has its number. */
const WASI_FAULT = 21;
/** Of one exchange. */
const MAX_WARNINGS = 100;

type GuestFunction = (a?: number, b?: number, c?: number, d?: number, e?: number) => number | undefined;

/**
 * One instance of a module with everything that belongs to the instance: its memory, its contexts, who is
 * being called, whether it is dead. Follows `WasmBase` of proxy-wasm-cpp-host.
 */
export class Vm {
  memory!: GuestMemory;
  readonly contexts = new Map<number, Context>();
  /** The context whose callback is running; undefined between calls. */
  current: Context | undefined;
  /** Set by `proxy_set_effective_context`; 0 for none. */
  effectiveId = 0;
  /** Why the VM is dead; undefined while it lives. */
  failure: MeshwasmError | undefined;
  /** True once a local response was sent in this callback: its returned status no longer counts. */
  iterationStopped = false;
  private readonly functions = new Map<string, GuestFunction>();
  private allocate: GuestFunction | undefined;
  private restricted: ReadonlySet<string> | undefined;
  private afterCallActions: (() => void)[] = [];
  /** What went wrong when the guest was last asked for memory. */
  private badAllocation: { readonly pointer: number; readonly size: number } | undefined;
  /** The callback that is running; empty between calls. */
  private callback = "";
  /** In which callback each callout was made. */
  readonly makers = new WeakMap<Callout, string>();
  private nextContextId = 1;
  private lastDnsToken = 1;
  private readonly lastCalloutId = { http: 0, grpcCall: 1, grpcStream: 2 };

  constructor(
    readonly loaded: LoadedModule,
    readonly world: Surroundings,
  ) {
    const imports = createImports(this, loaded);
    let instance: WasmInstance;
    try {
      instance = new Instance(loaded.module, imports.object);
    } catch (thrown) {
      throw trapError("start", thrown, loaded);
    }
    let memory = imports.memory;
    for (const { name, kind } of loaded.shape.exports) {
      const exported = instance.exports[name];
      if (kind === "memory") memory = exported as WasmMemory;
      else if (kind === "func" && isAllowed(world.capabilities, "env", name))
        this.functions.set(name, exported as GuestFunction);
    }
    this.memory = new GuestMemory(memory!);
    this.allocate = this.functions.get("malloc") ?? this.functions.get("proxy_on_memory_allocate");
  }

  /** Runs the module's own start-up: `_initialize` with `main`, or `_start` (`WasmBase::startVm`). */
  startUp(vmContext: Context): void {
    this.restricted = ALLOWED_WHILE_STARTING;
    if (this.functions.has("_initialize")) {
      this.call(vmContext, "_initialize");
      if (this.functions.has("main")) this.call(vmContext, "main", 0, 0);
      else this.call(vmContext, "__main_void");
    } else this.call(vmContext, "_start");
    this.restricted = undefined;
  }

  allocateContextId(): number {
    return this.nextContextId++;
  }

  /** The next number of a callout: its kind is in the two lowest bits, so the first HTTP call is 4. */
  nextCalloutId(kind: "http" | "grpcCall" | "grpcStream"): number {
    this.lastCalloutId[kind] += 4;
    return this.lastCalloutId[kind];
  }

  /** The next number of a question for a name's addresses; the first is 2. */
  nextDnsToken(): number {
    return ++this.lastDnsToken;
  }

  /** Notes a callout with the host and with the stream whose callback is running. */
  noteCallout(callout: Callout): void {
    this.world.noteCallout(callout);
    this.makers.set(callout, `${this.callback} of context ${this.current?.id}`);
    this.current?.journal?.callouts.push(callout);
  }

  has(callback: string): boolean {
    return this.functions.has(callback);
  }

  /**
   * Calls an export for a context. 0 when the module does not export it, when it returns nothing and when
   * it traps; a trap kills the VM. {@link Vm.afterCall} must follow once the status was looked at.
   */
  call(context: Context, name: string, a?: number, b?: number, c?: number, d?: number, e?: number): number {
    const callback = this.functions.get(name);
    if (callback === undefined || this.failure !== undefined) return 0;
    const calls = context.calls;
    let record: CallRecord | undefined;
    if (calls !== undefined) {
      const args = given(a, b, c, d, e);
      record = { kind: "callback", name, contextId: context.id, args, result: undefined };
      if (context.label !== undefined) record = { ...record, filter: context.label };
      calls.push(record);
    }
    const result = this.run(context, name, callback, a, b, c, d, e);
    if (record !== undefined) record.result = result;
    return result === undefined ? 0 : result >>> 0;
  }

  private run(
    context: Context,
    name: string,
    callback: GuestFunction,
    a?: number,
    b?: number,
    c?: number,
    d?: number,
    e?: number,
  ): number | undefined {
    const previous = this.current;
    const previousCallback = this.callback;
    const previousEffective = this.effectiveId;
    this.current = context;
    this.callback = name;
    this.effectiveId = 0;
    try {
      return callback(a, b, c, d, e);
    } catch (thrown) {
      this.fail(name, thrown, context);
      return undefined;
    } finally {
      this.current = previous;
      this.callback = previousCallback;
      this.effectiveId = previousEffective;
    }
  }

  private fail(callback: string, thrown: unknown, context: Context): void {
    if (this.failure !== undefined) return;
    this.failure = trapError(callback, thrown, this.loaded, this.memory.size);
    if (this.failure.code !== "TRAP") this.world.raise(this.failure);
    context.log(4, this.failure.message);
  }

  /** Puts off what must not happen while the guest runs until its callback has returned. */
  defer(action: () => void): void {
    this.afterCallActions.push(action);
  }

  /** Ends a callback: runs what was deferred during it (`DeferAfterCallActions`). */
  afterCall(): void {
    this.iterationStopped = false;
    while (this.afterCallActions.length > 0) this.afterCallActions.shift()!();
  }

  /**
   * Begins a hostcall: gives the context that it is for.
   * Throws into the guest when the call is not allowed now.
   */
  enter(hostcall: string): Context {
    if (this.restricted !== undefined && !this.restricted.has(hostcall))
      throw new RestrictedCallback(hostcall);
    if (this.current === undefined) {
      throw new MeshwasmError("MODULE_INVALID", `${hostcall} was called from the module's start section`, {
        hint: "no context exists yet and Envoy would crash; build with --exportStart _initialize",
      });
    }
    if (this.effectiveId === 0) return this.current;
    return this.contexts.get(this.effectiveId) ?? this.current;
  }

  /** Notes a hostcall in the transcript and gives its status back. */
  record(
    context: Context,
    name: string,
    args: readonly CallValue[],
    result: number,
    output?: CallValue,
  ): number {
    if (result === WasmResult.InvalidMemoryAccess || result === WASI_FAULT) this.warnOfMemory(name);
    const calls = this.current?.calls;
    if (calls !== undefined) {
      const entry = { kind: "hostcall", name, contextId: context.id, args, result } as const;
      const { label } = context;
      if (label !== undefined)
        calls.push({ ...entry, filter: label, ...(output !== undefined && { output }) });
      else calls.push(output === undefined ? entry : { ...entry, output });
    }
    return result;
  }

  private warnOfMemory(hostcall: string): void {
    const memory = `outside the module's memory of ${this.memory.size} bytes`;
    const bad = this.badAllocation;
    const what =
      bad === undefined
        ? `it was given a pointer or size ${memory}`
        : bad.pointer === 0
          ? `the module's allocator gave no memory for ${bad.size} bytes`
          : `the module's allocator gave ${bad.pointer} for ${bad.size} bytes, ${memory}`;
    this.badAllocation = undefined;
    const warning = `${hostcall}: ${what}`;
    const warnings = this.current?.journal?.warnings;
    if (warnings !== undefined && warnings.length < MAX_WARNINGS && !warnings.includes(warning))
      warnings.push(warning);
  }

  /** Memory that the guest gives; 0 when it gives none or one outside its bounds (`WasmBase::allocMemory`). */
  private allocateBytes(size: number): number {
    this.badAllocation = undefined;
    if (this.failure !== undefined && this.allocate === undefined) return 0;
    const previous = this.restricted;
    this.restricted = ALLOWED_WHILE_ALLOCATING;
    const pointer = (this.run(this.world.vmContext!, "malloc", this.allocate!, size) ?? 0) >>> 0;
    this.restricted = previous;
    if (pointer !== 0 && this.memory.contains(pointer, size)) return pointer;
    this.badAllocation = { pointer, size };
    return 0;
  }

  /** Hands a byte string to the guest; an empty one is a null pointer and no allocation. */
  giveText(text: string, pointerTo: number, sizeTo: number): boolean {
    let pointer = 0;
    if (text.length > 0) {
      pointer = this.allocateBytes(text.length);
      if (pointer === 0) return false;
      this.memory.writeText(pointer, text);
    }
    return this.memory.writeU32(pointerTo, pointer) && this.memory.writeU32(sizeTo, text.length);
  }

  /** Copies bytes into memory that the guest gives: where they are (0 for none), undefined when it gives none. */
  place(bytes: Uint8Array): number | undefined {
    if (bytes.length === 0) return 0;
    const pointer = this.allocateBytes(bytes.length);
    if (pointer === 0) return undefined;
    this.memory.write(pointer, bytes);
    return pointer;
  }

  /** Hands bytes to the guest; none is a null pointer and no allocation. */
  giveBytes(bytes: Uint8Array, pointerTo: number, sizeTo: number): boolean {
    const pointer = this.place(bytes);
    if (pointer === undefined) return false;
    return this.memory.writeU32(pointerTo, pointer) && this.memory.writeU32(sizeTo, bytes.length);
  }
}

function given(a?: number, b?: number, c?: number, d?: number, e?: number): number[] {
  if (a === undefined) return [];
  if (b === undefined) return [a];
  if (c === undefined) return [a, b];
  return d === undefined || e === undefined ? [a, b, c] : [a, b, c, d, e];
}
