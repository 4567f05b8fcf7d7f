import type { Callout } from "../callouts/callout.js";
import type { Journal } from "../contexts/context.js";
import type { RootContext } from "../contexts/root.js";
import { type ConnectionCallbacks, TcpContext } from "../contexts/tcp.js";
import { MeshwasmError } from "../errors.js";
import { type BytesInput, toBytes } from "../headers/bytes.js";
import { ByteBuffer } from "../http/byte-buffer.js";
import { type Addresses, StreamInfo, streamProperty } from "../properties/stream-info.js";
import type { PropertyValue } from "../properties/value.js";
import { PeerType, WasmResult } from "../status.js";
import { type CallRecord, formatCalls } from "../transcript.js";
import type { LogEntry } from "../world/logs.js";

/** What a connection needs from the host that owns it. */
export interface ConnectionOwner {
  nextConnectionId(): number;
  settle(): void;
  streamEnded(root: RootContext): void;
}

/** Who closed the client's connection: this side (the filter, the proxy) or the client. */
export type ClosedBy = "local" | "remote";

/** What came out at one end of a connection. */
export class Received {
  /** In the pieces in which it arrived. */
  readonly chunks: Uint8Array[] = [];
  /** True once the other side said that it sends no more. */
  ended = false;

  get bytes(): Uint8Array {
    return Buffer.concat(this.chunks);
  }
  /** The bytes decoded as UTF-8. */
  text(): string {
    return Buffer.concat(this.chunks).toString("utf8");
  }
  /** @internal */
  take(buffer: ByteBuffer, end: boolean): void {
    if (buffer.length > 0) this.chunks.push(buffer.take());
    this.ended ||= end;
  }
}

/**
 * A TCP connection through a network filter, driven event by event. Bytes that the filter holds back stay in
 * a buffer, and it sees them again together with what comes next, as in Envoy's filter manager.
 */
export class TcpConnection implements Journal, ConnectionCallbacks {
  readonly calls: CallRecord[] = [];
  readonly logs: LogEntry[] = [];
  /** What the filter sent out by itself in this connection's callbacks. */
  readonly callouts: Callout[] = [];
  /** What reached the upstream. */
  readonly upstream = new Received();
  /** What reached the client. */
  readonly client = new Received();
  private readonly context: TcpContext;
  private readonly info: StreamInfo;
  private readonly filterState = new Map<string, string>();
  /** What the filter gave to `set_envoy_filter_state`, by name. */
  readonly filterStateObjects = new Map<string, string>();
  private readonly fromClient = new ByteBuffer();
  private readonly fromUpstream = new ByteBuffer();
  private clientEnded = false;
  private closedBy: ClosedBy | undefined;
  private opened = false;

  /** @internal */
  constructor(
    private readonly root: RootContext,
    private readonly owner: ConnectionOwner,
    addresses: Addresses,
  ) {
    root.openStreams++;
    this.context = new TcpContext(root, this, this);
    this.info = new StreamInfo(addresses, owner.nextConnectionId(), "", root.vm.world.clock);
  }

  /** Who closed the client's connection; undefined while it is open. */
  get closed(): ClosedBy | undefined {
    return this.closedBy;
  }

  /** The client connects. */
  connect(): this {
    if (this.opened) throw new MeshwasmError("USAGE", "this connection is open already");
    this.opened = true;
    this.context.newConnection();
    return this.settled();
  }

  /** Bytes from the client; `end`: it sends no more (half-close). */
  downstreamData(bytes: BytesInput, end = false): this {
    if (!this.live()) return this;
    this.fromClient.append(toBytes(bytes));
    this.clientEnded ||= end;
    if (this.context.downstreamData(this.fromClient, this.clientEnded)) this.forward();
    return this.settled();
  }

  /** Bytes from the upstream; `end`: it sends no more. Once both sides ended, the connection is closed. */
  upstreamData(bytes: BytesInput, end = false): this {
    if (!this.live()) return this;
    this.fromUpstream.append(toBytes(bytes));
    if (this.context.upstreamData(this.fromUpstream, end) && this.closedBy === undefined)
      this.client.take(this.fromUpstream, end);
    if (end && this.upstream.ended && this.client.ended) this.close();
    return this.settled();
  }

  /** The connection goes away: `remote`, the client's doing (default), or `local`, the proxy's. */
  disconnect(by: ClosedBy = "remote"): this {
    if (this.live()) this.closeBy(by);
    return this.settled();
  }

  private forward(): void {
    if (this.closedBy === undefined) this.upstream.take(this.fromClient, this.clientEnded);
  }

  /** @internal */
  continueReading(): void {
    if (this.fromClient.length > 0 || this.clientEnded) this.forward();
  }

  /** @internal */
  close(): void {
    this.closeBy("local");
  }

  private closeBy(by: ClosedBy): void {
    if (this.closedBy !== undefined) return;
    this.closedBy = by;
    this.info.complete = true;
    this.context.downstreamClose(by === "local" ? PeerType.Local : PeerType.Remote);
    this.owner.streamEnded(this.root);
  }

  private live(): boolean {
    if (!this.opened) this.connect();
    return this.closedBy === undefined;
  }

  private settled(): this {
    this.owner.settle();
    return this;
  }

  /** @internal */
  property(name: string): PropertyValue | undefined {
    const maps = { request: undefined, response: undefined, trailers: undefined };
    return streamProperty(this.info, maps, name) ?? this.filterState.get(name);
  }

  /** @internal */
  setProperty(path: string, value: string, once: boolean): number {
    if (once && this.filterState.has(path)) return WasmResult.BadArgument;
    this.filterState.set(path, value);
    return WasmResult.Ok;
  }

  /** The transcript as text. */
  toString(): string {
    return formatCalls(this.calls);
  }
}
