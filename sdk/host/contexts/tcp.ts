import type { ByteBuffer } from "../http/byte-buffer.js";
import type { PropertyValue } from "../properties/value.js";
import { BufferType, PeerType, StreamType, WasmResult } from "../status.js";
import { type GuestBuffer, orAbsent } from "./buffer.js";
import { Context, type Journal } from "./context.js";
import type { Incoming } from "./incoming.js";
import type { RootContext } from "./root.js";

/** What a connection lets its filter do. */
export interface ConnectionCallbacks {
  continueReading(): void;
  /** Closes the client's connection from this side, after what was sent is through. */
  close(): void;
  /** What it is and what it waits for. */
  describe(): string;
  property(name: string): PropertyValue | undefined;
  setProperty(path: string, value: string, once: boolean): number;
  readonly filterStateObjects: Map<string, string>;
}

/** A connection's context in one network filter. Follows Envoy's `Context` (`onData`, `onWrite`, `onEvent`). */
export class TcpContext extends Context {
  private downstream: ByteBuffer | undefined;
  private upstream: ByteBuffer | undefined;
  private downstreamClosed = false;
  private finished = false;
  private failed = false;

  /** As for HTTP: fail-open is for connections that begin after the VM died. */
  private readonly unfiltered: boolean;

  constructor(
    readonly root: RootContext,
    journal: Journal,
    private readonly connection: ConnectionCallbacks,
    label?: string,
  ) {
    super(root.vm, root.vm.allocateContextId(), journal, label);
    this.unfiltered = root.plugin.failOpen && root.vm.failure !== undefined;
  }

  override get rootId(): number {
    return this.root.id;
  }

  override describe(): string {
    return `connection context ${this.id}: ${this.connection.describe()}`;
  }

  override incoming(): Incoming {
    return this.root.incoming();
  }

  /** True: the connection goes on. */
  newConnection(): boolean {
    if (this.vm.failure === undefined) {
      this.vm.call(this, "proxy_on_context_create", this.id, this.root.id);
      this.vm.afterCall();
    }
    this.created = true;
    return this.ask("proxy_on_new_connection");
  }

  /** True: the bytes go on to the upstream; false: they wait in the buffer. */
  downstreamData(buffer: ByteBuffer, end: boolean): boolean {
    this.downstream = buffer;
    const goesOn = this.ask("proxy_on_downstream_data", buffer.length, end ? 1 : 0);
    if (goesOn) this.downstream = undefined;
    return goesOn;
  }

  /** As {@link TcpContext.downstreamData}, towards the client. The end also tells of the upstream's close. */
  upstreamData(buffer: ByteBuffer, end: boolean): boolean {
    this.upstream = buffer;
    const goesOn = this.ask("proxy_on_upstream_data", buffer.length, end ? 1 : 0);
    if (goesOn) this.upstream = undefined;
    if (end) {
      this.tell("proxy_on_upstream_connection_close", PeerType.Unknown);
      if (this.downstreamClosed) this.finish();
    }
    return goesOn;
  }

  /** The client's connection is closed by `peer`. */
  downstreamClose(peer: number): void {
    this.tell("proxy_on_downstream_connection_close", peer);
    this.downstreamClosed = true;
    this.finish();
  }

  private ask(callback: string, size?: number, end?: number): boolean {
    const { vm } = this;
    if (vm.failure !== undefined) return this.fail();
    if (!vm.has(callback)) return true;
    const answer = vm.call(this, callback, this.id, size, end);
    const goesOn = vm.failure === undefined ? answer === 0 : this.fail();
    vm.afterCall();
    this.forgetBytes();
    return goesOn;
  }

  private tell(callback: string, peer: number): void {
    this.vm.call(this, callback, this.id, peer);
    this.vm.afterCall();
  }

  private fail(): boolean {
    if (this.unfiltered) return true;
    if (!this.failed) {
      this.failed = true;
      this.connection.close();
    }
    return false;
  }

  // `onCloseTCP`: done before log, unlike HTTP.
  private finish(): void {
    if (this.finished) return;
    this.finished = true;
    for (const callback of ["proxy_on_done", "proxy_on_log", "proxy_on_delete"]) {
      this.vm.call(this, callback, this.id);
      this.vm.afterCall();
    }
    this.vm.contexts.delete(this.id);
  }

  override buffer(type: number): GuestBuffer | undefined {
    if (type === BufferType.DownstreamData) return orAbsent(this.downstream);
    if (type === BufferType.UpstreamData) return orAbsent(this.upstream);
    return super.buffer(type);
  }

  override continueStream(type: number): number {
    if (type === StreamType.Upstream) return WasmResult.Unimplemented;
    if (type === StreamType.Downstream) this.vm.defer(() => this.connection.continueReading());
    return WasmResult.Ok;
  }

  override closeStream(type: number): number {
    if (type === StreamType.Downstream || type === StreamType.Upstream)
      this.vm.defer(() => this.connection.close());
    return WasmResult.Ok;
  }

  override property(name: string): PropertyValue | undefined {
    return this.connection.property(name) ?? this.root.property(name);
  }

  override setFilterState(name: string, value: string): number {
    this.connection.filterStateObjects.set(name, value);
    return WasmResult.Ok;
  }

  override setProperty(path: string, value: string): number {
    return this.connection.setProperty(path, value, this.root.declared.get(path) === true);
  }
}
