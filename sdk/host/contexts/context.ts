import type { Callout } from "../callouts/callout.js";
import { fromByteString } from "../headers/bytes.js";
import type { HeaderMap } from "../headers/header-map.js";
import { ByteBuffer } from "../http/byte-buffer.js";
import type { PropertyValue } from "../properties/value.js";
import { BufferType, MapType, StreamType, WasmResult } from "../status.js";
import type { CallRecord } from "../transcript.js";
import type { Vm } from "../vm/vm.js";
import type { LogEntry } from "../world/logs.js";
import { ABSENT, FREED, type GuestBuffer, orAbsent, readOnly } from "./buffer.js";
import { Incoming } from "./incoming.js";
import type { LocalReply } from "./local-reply.js";

/** Where a context's transcript, logs and callouts go besides the host's own. */
export interface Journal {
  readonly calls: CallRecord[];
  readonly logs: LogEntry[];
  readonly callouts: Callout[];
  /** What goes unnoticed in Envoy, and is a mistake all the same. */
  readonly warnings: string[];
}

/**
 * A context as hostcalls see it. The base class is context 0 and what every other falls back to: no
 * headers, no body, no stream. Follows `ContextBase` and Envoy's `Context`.
 */
export class Context {
  /** True once `proxy_on_context_create` ran for it. */
  created = false;
  /** True while `proxy_on_log` runs: maps are read-only then. */
  accessLogPhase = false;
  readonly calls: CallRecord[] | undefined;
  /** What {@link Context.lookAt} gave last, or the data of a call. */
  protected lookedAt: GuestBuffer = ABSENT;
  /** Properties that this context declared, and whether they can be set only once. */
  declared: Map<string, boolean> = NONE_DECLARED;

  constructor(
    readonly vm: Vm,
    readonly id: number,
    readonly journal: Journal | undefined,
    /** The filter's name in the transcript of a chain; undefined where it needs none. */
    readonly label?: string,
  ) {
    this.calls = vm.world.transcript ? journal?.calls : undefined;
    vm.contexts.set(id, this);
  }

  /** The root context that this one belongs to (itself for a root). */
  get rootId(): number {
    return this.id;
  }

  /** What it is and what it waits for, for a report of what is left. */
  describe(): string {
    return `context ${this.id}`;
  }

  /** Logs bytes (a byte string) at the ABI's level. */
  log(level: number, message: string): void {
    const entry = this.vm.world.logs.add(level, fromByteString(message), this.id);
    if (entry === undefined) return;
    this.journal?.logs.push(this.label === undefined ? entry : { ...entry, filter: this.label });
  }

  /** The map that may be changed now. */
  map(_type: number): HeaderMap | undefined {
    return undefined;
  }

  /** What callouts of this context's root brought. */
  incoming(): Incoming {
    return NOTHING;
  }

  /** The map that may be read now. */
  readableMap(type: number): HeaderMap | undefined {
    if (type === MapType.HttpCallResponseHeaders) return this.incoming().httpHeaders;
    if (type === MapType.HttpCallResponseTrailers) return this.incoming().httpTrailers;
    if (type === MapType.GrpcReceiveInitialMetadata) return this.incoming().grpcInitialMetadata;
    if (type === MapType.GrpcReceiveTrailingMetadata) return this.incoming().grpcTrailingMetadata;
    return undefined;
  }

  /**
   * The buffer that a hostcall asks for. Envoy keeps whichever was asked for last in one place, and that place is what
   * `CallData` reads (`Context::getBuffer`).
   */
  lookAt(type: number): GuestBuffer | undefined {
    if (type === BufferType.CallData) return this.lookedAt;
    const buffer = this.buffer(type);
    if (buffer !== undefined) this.lookedAt = buffer;
    return buffer;
  }

  /** A callback is over: the bytes that it was shown are not the filter's any more. */
  protected forgetBytes(): void {
    if (this.lookedAt instanceof ByteBuffer) this.lookedAt = FREED;
  }

  /** The buffer of that type; undefined where Envoy has none at all (NotFound). */
  buffer(type: number): GuestBuffer | undefined {
    if (type === BufferType.VmConfiguration) return readOnly(this.vm.world.vmConfig);
    if (type === BufferType.PluginConfiguration) return undefined;
    if (type === BufferType.HttpCallResponseBody) {
      const { httpBody } = this.incoming();
      return httpBody && readOnly(httpBody);
    }
    return type === BufferType.GrpcReceiveBuffer ? orAbsent(this.incoming().grpcMessage) : ABSENT;
  }

  /** The plugin's configuration where `proxy_get_configuration` (ABI 0.1.0) answers with it. */
  configuration(): Buffer {
    return this.vm.world.vmConfig;
  }

  sendLocalResponse(_reply: LocalReply): void {}

  continueStream(type: number): number {
    return type === StreamType.Upstream ? WasmResult.Unimplemented : WasmResult.Ok;
  }

  closeStream(_type: number): number {
    return WasmResult.Ok;
  }

  /** A top-level property by the first part of its path. */
  property(name: string): PropertyValue | undefined {
    return name === "plugin_vm_id" ? this.vm.world.vmId : undefined;
  }

  /** Declares a property that {@link Context.setProperty} may set: BadArgument when it was declared before. */
  declareProperty(path: string, readOnlyOnce: boolean): number {
    if (this.declared.has(path)) return WasmResult.BadArgument;
    if (this.declared === NONE_DECLARED) this.declared = new Map();
    this.declared.set(path, readOnlyOnce);
    return WasmResult.Ok;
  }

  /** Sets one of Envoy's own filter state objects. */
  setFilterState(_name: string, _value: string): number {
    return WasmResult.NotFound;
  }

  setProperty(_path: string, _value: string): number {
    return WasmResult.NotFound;
  }
}

const NOTHING = new Incoming();
// Few contexts declare anything, and streams are many.
const NONE_DECLARED = new Map<string, boolean>();
