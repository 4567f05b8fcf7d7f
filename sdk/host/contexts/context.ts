import { fromByteString } from "../headers/bytes.js";
import type { HeaderMap } from "../headers/header-map.js";
import type { PropertyValue } from "../properties/value.js";
import { BufferType, StreamType, WasmResult } from "../status.js";
import type { CallRecord } from "../transcript.js";
import type { Vm } from "../vm/vm.js";
import type { LogEntry } from "../world/logs.js";
import { ABSENT, type GuestBuffer, readOnly } from "./buffer.js";
import type { LocalReply } from "./local-reply.js";

/** Where a context's transcript and logs go besides the host's own. */
export interface Journal {
  readonly calls: CallRecord[];
  readonly logs: LogEntry[];
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

  constructor(
    readonly vm: Vm,
    readonly id: number,
    protected readonly journal: Journal | undefined,
  ) {
    this.calls = vm.world.transcript ? journal?.calls : undefined;
    vm.contexts.set(id, this);
  }

  /** The root context that this one belongs to (itself for a root). */
  get rootId(): number {
    return this.id;
  }

  /** Logs bytes (a byte string) at the ABI's level. */
  log(level: number, message: string): void {
    const entry = this.vm.world.logs.add(level, fromByteString(message), this.id);
    if (entry !== undefined) this.journal?.logs.push(entry);
  }

  /** The map that may be changed now. */
  map(_type: number): HeaderMap | undefined {
    return undefined;
  }

  /** The map that may be read now. */
  readableMap(_type: number): HeaderMap | undefined {
    return undefined;
  }

  /** The buffer of that type; undefined where Envoy has none at all (NotFound). */
  buffer(type: number): GuestBuffer | undefined {
    if (type === BufferType.VmConfiguration) return readOnly(this.vm.world.vmConfig);
    if (type === BufferType.HttpCallResponseBody || type === BufferType.PluginConfiguration) return undefined;
    return ABSENT;
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

  setProperty(_path: string, _value: string): number {
    return WasmResult.NotFound;
  }
}
