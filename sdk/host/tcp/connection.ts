import type { Callout } from "../callouts/callout.js";
import type { Journal } from "../contexts/context.js";
import { MeshwasmError } from "../errors.js";
import { type BytesInput, toBytes } from "../headers/bytes.js";
import { ByteBuffer } from "../http/byte-buffer.js";
import type { StreamMember } from "../http/stream.js";
import { type Addresses, StreamInfo, streamProperty } from "../properties/stream-info.js";
import type { PropertyValue } from "../properties/value.js";
import { PeerType, WasmResult } from "../status.js";
import { type CallJson, type CallRecord, callsAsJson, formatCalls } from "../transcript.js";
import type { LogEntry } from "../world/logs.js";
import { TcpFilter } from "./tcp-filter.js";

/** What a connection needs from the host that owns it. */
export interface ConnectionOwner {
  nextConnectionId(): number;
  settle(): void;
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
 * A TCP connection through network filters, driven event by event. Bytes that a filter holds back stay in
 * a buffer, and it sees them again together with what comes next, as in Envoy's filter manager.
 */
export class TcpConnection implements Journal {
  readonly calls: CallRecord[] = [];
  readonly logs: LogEntry[] = [];
  /** What the filter did that goes unnoticed in Envoy, such as giving a pointer outside its memory. */
  readonly warnings: string[] = [];
  /** What the filter sent out by itself in this connection's callbacks. */
  readonly callouts: Callout[] = [];
  /** What reached the upstream. */
  readonly upstream = new Received();
  /** What reached the client. */
  readonly client = new Received();
  private readonly filters: readonly TcpFilter[];
  private readonly info: StreamInfo;
  private readonly filterState = new Map<string, string>();
  /** What the filter gave to `set_envoy_filter_state`, by name. */
  readonly filterStateObjects = new Map<string, string>();
  private readonly fromClient = new ByteBuffer();
  private readonly fromUpstream = new ByteBuffer();
  private clientEnded = false;
  private closedBy: ClosedBy | undefined;
  private opened = false;
  /** The filter stopped at the connection itself: nobody reads from it, and so nobody notices its end. */
  private waiting = false;

  /** @internal */
  constructor(
    members: readonly StreamMember[],
    private readonly owner: ConnectionOwner,
    addresses: Addresses,
  ) {
    this.filters = members.map((member, place) => new TcpFilter(member, this, place));
    const { clock } = members[0]!.root.vm.world;
    this.info = new StreamInfo(addresses, owner.nextConnectionId(), "", clock);
  }

  /** Who closed the client's connection; undefined while it is open. */
  get closed(): ClosedBy | undefined {
    return this.closedBy;
  }

  /** The client connects. */
  connect(): this {
    if (this.opened) throw new MeshwasmError("USAGE", "this connection is open already");
    this.opened = true;
    this.waiting = !this.filters.every((filter) => filter.begin());
    return this.settled();
  }

  /** Bytes from the client; `end`: it sends no more (half-close). */
  downstreamData(bytes: BytesInput, end = false): this {
    if (!this.live()) return this;
    const received = toBytes(bytes);
    this.info.requestBytes += received.length;
    this.fromClient.append(received);
    this.clientEnded ||= end;
    if (this.waiting) return this;
    this.read(0);
    return this.settled();
  }

  /** Bytes from the upstream; `end`: it sends no more. Once both sides ended, the connection is closed. */
  upstreamData(bytes: BytesInput, end = false): this {
    if (!this.live()) return this;
    this.fromUpstream.append(toBytes(bytes));
    // What comes from the upstream meets the last filter first.
    let passes = true;
    for (let place = this.filters.length - 1; place >= 0 && passes; place--)
      passes =
        this.filters[place]!.context.upstreamData(this.fromUpstream, end) && this.closedBy === undefined;
    if (passes) {
      this.info.responseBytes += this.fromUpstream.length;
      this.client.take(this.fromUpstream, end);
    }
    if (end && this.upstream.ended && this.client.ended) this.close();
    return this.settled();
  }

  /** The connection goes away: `remote`, the client's doing (default), or `local`, the proxy's. */
  disconnect(by: ClosedBy = "remote"): this {
    if (this.live() && !(this.waiting && by === "remote")) this.closeBy(by);
    return this.settled();
  }

  // `FilterManagerImpl::onContinueReading`: all filters look at the same buffer, the first one first.
  private read(from: number): void {
    const something = () => this.fromClient.length > 0 || this.clientEnded;
    for (let place = from; place < this.filters.length; place++) {
      const filter = this.filters[place]!;
      if (!filter.begin() || this.closedBy !== undefined) return;
      if (!something()) continue;
      if (!filter.context.downstreamData(this.fromClient, this.clientEnded) || this.closedBy !== undefined)
        return;
    }
    if (something()) this.upstream.take(this.fromClient, this.clientEnded);
  }

  /** @internal The filter at that place lets go. */
  continueReading(place: number): void {
    this.waiting = false;
    if (this.closedBy === undefined) this.read(place + 1);
  }

  /** @internal */
  describe(): string {
    const held = (buffer: ByteBuffer, end: string) =>
      buffer.length > 0 ? `; ${buffer.length} bytes from the ${end} are held back` : "";
    const from = `open, from ${this.info.addresses.source}`;
    return from + held(this.fromClient, "client") + held(this.fromUpstream, "upstream");
  }

  /** @internal */
  close(): void {
    this.closeBy("local");
  }

  private closeBy(by: ClosedBy): void {
    if (this.closedBy !== undefined) return;
    this.closedBy = by;
    this.info.complete = true;
    for (const { context } of this.filters)
      context.downstreamClose(by === "local" ? PeerType.Local : PeerType.Remote);
    for (const { root } of this.filters) root.vm.world.streamEnded(root);
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

  /** The transcript as JSON. */
  toJSON(): CallJson[] {
    return callsAsJson(this.calls);
  }
}
