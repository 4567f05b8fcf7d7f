import type { Callout } from "../callouts/callout.js";
import type { Journal } from "../contexts/context.js";
import { type FinalMaps, HttpContext, type StreamCallbacks } from "../contexts/http.js";
import type { LocalReply } from "../contexts/local-reply.js";
import type { RootContext } from "../contexts/root.js";
import type { HeaderMap } from "../headers/header-map.js";
import { type Addresses, StreamInfo, streamProperty } from "../properties/stream-info.js";
import type { PropertyValue } from "../properties/value.js";
import { WasmResult } from "../status.js";
import type { CallRecord } from "../transcript.js";
import type { LogEntry } from "../world/logs.js";
import { ByteBuffer } from "./byte-buffer.js";
import { type Direction, Leg, type LegFilter } from "./leg.js";
import { localMessage } from "./local-reply.js";
import { Collected } from "./seen.js";

/** What a stream needs from the host that owns it. */
export interface StreamOwner {
  readonly bufferLimit: number;
  readonly addresses: Addresses;
  nextConnectionId(): number;
  streamEnded(root: RootContext): void;
}

const tooLarge = (status: number, details: string, text: string): LocalReply => ({
  status,
  details,
  body: Buffer.from(text),
  headers: [],
  grpcStatus: undefined,
});
const REQUEST_TOO_LARGE = tooLarge(413, "request_payload_too_large", "Payload Too Large");
const RESPONSE_TOO_LARGE = tooLarge(500, "response_payload_too_large", "Internal Server Error");

/** Why a stream ended without a whole response. */
export type ResetReason = "filter" | "client" | "upstream" | "host";

/**
 * One HTTP stream through the filter: what `FilterManager` and the connection manager do in Envoy.
 * It only reacts; {@link HttpStream} and {@link Exchange} drive it.
 */
export class StreamManager implements Journal, StreamCallbacks, LegFilter {
  readonly calls: CallRecord[] = [];
  readonly logs: LogEntry[] = [];
  readonly callouts: Callout[] = [];
  readonly warnings: string[] = [];
  readonly upstream = new Collected();
  readonly client: Collected;
  readonly request: Leg;
  readonly response: Leg;
  /** The answer that did not come from the upstream. */
  localReply: LocalReply | undefined;
  reset_: ResetReason | undefined;
  /** True once `proxy_on_delete` is through. */
  ended = false;
  private readonly context: HttpContext;
  private readonly info: StreamInfo;
  private readonly filterState = new Map<string, string>();
  /** What the filter gave to `set_envoy_filter_state`, by name. */
  readonly filterStateObjects = new Map<string, string>();
  private requestMap: HeaderMap | undefined;
  private responseMap: HeaderMap | undefined;
  private responseTrailerMap: HeaderMap | undefined;
  private asking = 0;
  private prepared: LocalReply | undefined;

  constructor(
    private readonly root: RootContext,
    private readonly owner: StreamOwner,
    protocol: string,
  ) {
    root.openStreams++;
    this.context = new HttpContext(root, this, this);
    this.info = new StreamInfo(owner.addresses, owner.nextConnectionId(), protocol, root.vm.world.clock);
    this.client = new Client(this);
    this.request = new Leg("request", this, this.upstream);
    this.response = new Leg("response", this, this.client);
  }

  /** The client's headers arrive. */
  requestHeaders(map: HeaderMap, end: boolean): void {
    this.requestMap = map;
    this.request.headers(map, end);
  }

  /** The upstream's headers arrive. */
  responseHeaders(map: HeaderMap, end: boolean): void {
    this.info.responseDetails ??= "via_upstream";
    this.encodeHeaders(map, end);
  }

  /** A piece of either body arrives. */
  data(direction: Direction, buffer: ByteBuffer, end: boolean): void {
    if (direction === "request") this.info.requestBytes += buffer.length;
    else this.info.responseBytes += buffer.length;
    this[direction].data(buffer, end);
  }

  /** Either message's trailers arrive. */
  trailers(direction: Direction, map: HeaderMap): void {
    if (direction === "response") this.responseTrailerMap = map;
    this[direction].trailers(map);
  }

  /** METADATA frames arrive with either message. */
  metadata(direction: Direction, count: number): void {
    this.asking++;
    this.context.onMetadata(direction, count);
    this.asked(0);
  }

  private encodeHeaders(map: HeaderMap, end: boolean): void {
    this.responseMap = map;
    this.info.responseCode = Number.parseInt(map.get(":status") ?? "", 10);
    this.response.headers(map, end);
  }

  filterHeaders(direction: Direction, map: HeaderMap, end: boolean): number {
    this.asking++;
    return this.asked(this.context.onHeaders(direction, map, end));
  }

  filterData(direction: Direction, buffer: ByteBuffer, end: boolean): number {
    this.asking++;
    return this.asked(this.context.onBody(direction, buffer, end));
  }

  filterTrailers(direction: Direction, map: HeaderMap): number {
    this.asking++;
    return this.asked(this.context.onTrailers(direction, map));
  }

  // A local reply that was sent while the filter was being asked waits until its answer is in.
  private asked(status: number): number {
    this.asking--;
    if (this.prepared !== undefined && this.asking === 0) {
      const reply = this.prepared;
      this.prepared = undefined;
      this.replyThroughFilter(reply);
    }
    return status;
  }

  /** `DownstreamFilterManager::sendLocalReply`: through the filter, past it, or a reset when it is too late. */
  sendLocalReply(reply: LocalReply): void {
    if (this.ended || this.prepared !== undefined) return;
    if (this.responseMap === undefined) {
      this.localReply = reply;
      this.info.responseDetails = reply.details;
      this.request.aborted = true;
      if (this.asking > 0) this.prepared = reply;
      else this.replyThroughFilter(reply);
    } else if (this.client.map === undefined) {
      this.localReply = reply;
      this.info.responseDetails = reply.details;
      this.request.aborted = true;
      this.response.aborted = true;
      this.replyDirectly(reply);
    } else this.reset();
  }

  private replyThroughFilter(reply: LocalReply): void {
    const { headers, body } = localMessage(reply, this.requestMap);
    this.encodeHeaders(headers, body.length === 0);
    if (body.length === 0 || this.ended) return;
    this.info.responseBytes += body.length;
    this.response.data(new ByteBuffer(body), true);
  }

  private replyDirectly(reply: LocalReply): void {
    const { headers, body } = localMessage(reply, this.requestMap);
    this.responseMap = headers;
    this.info.responseCode = reply.status;
    const send = () => {
      this.client.headers(headers, body.length === 0);
      if (body.length > 0) this.client.data(new ByteBuffer(body), true);
    };
    // The stream must not be taken down while its filter is still being asked.
    if (this.asking > 0) this.root.vm.world.post(send);
    else send();
  }

  withinLimit(direction: Direction, bytes: number): boolean {
    if (bytes <= this.owner.bufferLimit) return true;
    this.sendLocalReply(direction === "request" ? REQUEST_TOO_LARGE : RESPONSE_TOO_LARGE);
    return false;
  }

  resume(direction: Direction): void {
    if (!this.ended) this[direction].resume();
  }

  reset(reason: ResetReason = "filter"): void {
    if (this.ended) return;
    this.reset_ = reason;
    const finish = () => this.end();
    if (this.asking > 0) this.root.vm.world.post(finish);
    else finish();
    this.request.aborted = true;
    this.response.aborted = true;
  }

  held(direction: Direction): ByteBuffer | undefined {
    return this[direction].held;
  }

  holdMore(direction: Direction, buffer: ByteBuffer): boolean {
    return this[direction].holdMore(buffer);
  }

  createTrailers(direction: Direction, map: HeaderMap): HeaderMap {
    if (direction === "response") this.responseTrailerMap = map;
    return this[direction].createTrailers(map);
  }

  property(
    name: string,
    maps: {
      request: HeaderMap | undefined;
      response: HeaderMap | undefined;
      trailers: HeaderMap | undefined;
    },
  ): PropertyValue | undefined {
    if (name === "filter_state") return { field: (key) => this.filterStateProperty(key) };
    this.info.sent = this.upstream.map !== undefined;
    return streamProperty(this.info, maps, name) ?? this.filterState.get(name);
  }

  // What the filter set itself is kept under a prefix, beside Envoy's own objects.
  private filterStateProperty(key: string): PropertyValue | undefined {
    return key.startsWith("wasm.") ? this.filterState.get(key.slice(5)) : this.filterStateObjects.get(key);
  }

  setProperty(path: string, value: string, once: boolean): number {
    if (once && this.filterState.has(path)) return WasmResult.BadArgument;
    this.filterState.set(path, value);
    return WasmResult.Ok;
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  /** The headers as they were at the end. */
  private get final(): FinalMaps {
    return {
      request: this.requestMap,
      response: this.responseMap,
      responseTrailers: this.responseTrailerMap,
    };
  }

  /** Shows the stream, which has ended, to a plugin that is an access logger. */
  logTo(root: RootContext): void {
    const { final } = this;
    const maps = { ...final, trailers: final.responseTrailers };
    root.accessLog(final, (name) => this.property(name, maps));
  }

  /** The response is complete: the access log, and the end of the context. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.info.complete = true;
    this.request.aborted = true;
    this.response.aborted = true;
    this.context.accessLog(this.final);
    this.context.destroy();
    this.owner.streamEnded(this.root);
  }
}

class Client extends Collected {
  constructor(private readonly stream: StreamManager) {
    super();
  }

  protected override ended(): void {
    this.stream.end();
  }
}
