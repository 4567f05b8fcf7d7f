import type { Callout } from "../callouts/callout.js";
import type { Journal } from "../contexts/context.js";
import type { FinalMaps, StreamCallbacks } from "../contexts/http.js";
import type { LocalReply } from "../contexts/local-reply.js";
import type { RootContext } from "../contexts/root.js";
import type { HeaderMap } from "../headers/header-map.js";
import { type Addresses, StreamInfo, streamProperty } from "../properties/stream-info.js";
import type { PropertyValue } from "../properties/value.js";
import { WasmResult } from "../status.js";
import type { CallRecord } from "../transcript.js";
import type { LogEntry } from "../world/logs.js";
import { ByteBuffer } from "./byte-buffer.js";
import { type Direction, Lane } from "./lane.js";
import { Leg, type Sink } from "./leg.js";
import { localMessage } from "./local-reply.js";
import { Collected } from "./seen.js";
import { StreamFilter } from "./stream-filter.js";

/** What a stream needs to know of where it runs. */
export interface StreamOwner {
  readonly bufferLimit: number;
  readonly addresses: Addresses;
  nextConnectionId(): number;
}

/** One of the filters that a stream goes through. */
export interface StreamMember {
  readonly root: RootContext;
  /** Its name in the transcript of a chain; undefined: it is the only one. */
  readonly label?: string;
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
 * One HTTP stream through its filters: what `FilterManager` and the connection manager do in Envoy.
 * It only reacts; {@link HttpStream} and {@link Exchange} drive it.
 */
export class StreamManager implements Journal {
  readonly calls: CallRecord[] = [];
  readonly logs: LogEntry[] = [];
  readonly callouts: Callout[] = [];
  readonly warnings: string[] = [];
  readonly upstream = new Collected();
  readonly client: Collected;
  /** The answer that did not come from the upstream. */
  localReply: LocalReply | undefined;
  reset_: ResetReason | undefined;
  /** True once `proxy_on_delete` is through. */
  ended = false;
  /** Callbacks that are running. */
  asking = 0;
  /** What the filters gave to `set_envoy_filter_state`, by name. */
  readonly filterStateObjects = new Map<string, string>();
  private readonly requestLane = new Lane("request");
  private readonly responseLane = new Lane("response");
  private readonly filters: readonly StreamFilter[];
  private readonly info: StreamInfo;
  private readonly filterState = new Map<string, string>();
  private prepared: LocalReply | undefined;

  /** @param members the filters, in the order in which a request meets them; at least one */
  constructor(
    members: readonly StreamMember[],
    private readonly owner: StreamOwner,
    protocol: string,
  ) {
    const { clock } = members[0]!.root.vm.world;
    this.info = new StreamInfo(owner.addresses, owner.nextConnectionId(), protocol, clock);
    this.client = new Client(this);
    const filters = members.map(({ root, label }) => new StreamFilter(root, this, label));
    this.filters = filters;
    let next: Sink = this.client;
    for (const filter of filters) next = filter.response = new Leg(this.responseLane, filter, next);
    next = this.upstream;
    for (let index = filters.length - 1; index >= 0; index--)
      next = filters[index]!.request = new Leg(this.requestLane, filters[index]!, next);
  }

  lane(direction: Direction): Lane {
    return direction === "request" ? this.requestLane : this.responseLane;
  }

  // Requests meet the filters in their order, responses the other way round.
  private first(direction: Direction): Leg {
    return direction === "request" ? this.filters[0]!.request : this.filters.at(-1)!.response;
  }

  /** True while a filter holds something of that direction back. */
  paused(direction: Direction): boolean {
    return this.filters.some((filter) => filter[direction].paused);
  }

  /** What it is and what it waits for, for a report of what is left. */
  describe(): string {
    const { map, complete } = this.requestLane;
    const what =
      map === undefined ? "a request without headers" : `${map.get(":method")} ${map.get(":path")}`;
    const parts = [what];
    for (const { direction, held } of [this.requestLane, this.responseLane])
      if (held !== undefined && held.length > 0)
        parts.push(`${held.length} bytes of the ${direction}'s body are held back`);
    if (!this.paused("request") && !this.paused("response")) {
      if (!complete) parts.push("the client has not ended it");
      else
        parts.push(
          `the upstream has not ${this.responseLane.map === undefined ? "answered" : "ended its answer"}`,
        );
    }
    return parts.join("; ");
  }

  /** The client's headers arrive. */
  requestHeaders(map: HeaderMap, end: boolean): void {
    this.requestLane.map = map;
    this.requestLane.complete = end;
    this.first("request").headers(map, end);
  }

  /** The upstream's headers arrive. */
  responseHeaders(map: HeaderMap, end: boolean): void {
    this.info.responseDetails ??= "via_upstream";
    this.encodeHeaders(map, end);
  }

  /** A piece of either body arrives. */
  data(direction: Direction, buffer: ByteBuffer, end: boolean): void {
    // What is sent counts once it has left the filters.
    if (direction === "request") this.info.requestBytes += buffer.length;
    if (end) this.complete(direction);
    this.first(direction).data(buffer, end);
  }

  /** Either message's trailers arrive. */
  trailers(direction: Direction, map: HeaderMap): void {
    const lane = this.lane(direction);
    // What comes after a reply went past the filters is seen by nobody, not even the access log.
    if (!lane.aborted) lane.trailers = map;
    this.complete(direction);
    this.first(direction).trailers(map);
  }

  // Once the response is all there, nothing more of the request matters (`local_complete_`).
  private complete(direction: Direction): void {
    this.lane(direction).complete = true;
    if (direction === "response") this.requestLane.aborted = true;
  }

  /** METADATA frames arrive with either message. */
  metadata(direction: Direction, count: number): void {
    this.first(direction).metadata(count);
  }

  private encodeHeaders(map: HeaderMap, end: boolean): void {
    this.responseLane.map = map;
    this.responseCode(map);
    if (end) this.complete("response");
    this.first("response").headers(map, end);
  }

  /** A callback is over. A local reply that was sent while filters were being asked waits until their answers are in. */
  asked(status: number): number {
    this.asking--;
    if (this.prepared !== undefined && this.asking === 0) {
      const reply = this.prepared;
      this.prepared = undefined;
      this.replyThroughFilters(reply);
    }
    return status;
  }

  /** `DownstreamFilterManager::sendLocalReply`: through all filters, past them, or a reset when it is too late. */
  sendLocalReply(reply: LocalReply): void {
    if (this.ended || this.prepared !== undefined) return;
    if (this.responseLane.map === undefined) {
      this.localReply = reply;
      this.info.responseDetails = reply.details;
      this.requestLane.aborted = true;
      if (this.asking > 0) this.prepared = reply;
      else this.replyThroughFilters(reply);
    } else if (this.client.map === undefined) {
      this.localReply = reply;
      this.info.responseDetails = reply.details;
      this.abort();
      this.replyDirectly(reply);
    } else {
      this.info.responseDetails = reply.details;
      this.reset();
    }
  }

  private abort(): void {
    this.requestLane.aborted = true;
    this.responseLane.aborted = true;
  }

  private replyThroughFilters(reply: LocalReply): void {
    const { headers, body } = localMessage(reply, this.requestLane.map);
    this.encodeHeaders(headers, body.length === 0);
    if (body.length === 0 || this.ended) return;
    this.data("response", new ByteBuffer(body), true);
  }

  private replyDirectly(reply: LocalReply): void {
    const { headers, body } = localMessage(reply, this.requestLane.map);
    this.responseLane.map = headers;
    this.info.responseCode = reply.status;
    const send = () => {
      this.client.headers(headers, body.length === 0);
      if (body.length > 0) this.client.data(new ByteBuffer(body), true);
    };
    this.whenAsked(send);
  }

  // The stream must not be taken down while a filter is still being asked.
  private whenAsked(action: () => void): void {
    if (this.asking > 0) this.post(action);
    else action();
  }

  /** Runs `task` once the present call from outside has done its work. */
  post(task: () => void): void {
    this.filters[0]!.root.vm.world.post(task);
  }

  /** The same for what the upstream does in answer. */
  postLast(task: () => void): void {
    this.filters[0]!.root.vm.world.postLast(task);
  }

  /** Headers reach the client: a filter may have changed their status. */
  responseCode(map: HeaderMap): void {
    this.info.responseCode = Number.parseInt(map.get(":status") ?? "", 10);
  }

  /** So much of the response's body left the filters. */
  bytesSent(count: number): void {
    this.info.responseBytes += count;
  }

  withinLimit(direction: Direction, bytes: number): boolean {
    if (bytes <= this.owner.bufferLimit) return true;
    this.sendLocalReply(direction === "request" ? REQUEST_TOO_LARGE : RESPONSE_TOO_LARGE);
    return false;
  }

  reset(reason: ResetReason = "filter"): void {
    if (this.ended) return;
    this.reset_ = reason;
    this.whenAsked(() => this.end());
    this.abort();
  }

  property(name: string, maps: Parameters<StreamCallbacks["property"]>[1]): PropertyValue | undefined {
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

  /** The headers as they were at the end. */
  private get final(): FinalMaps {
    return {
      request: this.requestLane.map,
      response: this.responseLane.map,
      responseTrailers: this.responseLane.trailers,
    };
  }

  /** Shows the stream, which has ended, to a plugin that is an access logger. */
  logTo(root: RootContext): void {
    const { final } = this;
    const maps = { ...final, trailers: final.responseTrailers };
    root.accessLog(final, (name) => this.property(name, maps));
  }

  /** The response is complete: the access log of each filter, then the end of each context. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.info.complete = true;
    this.abort();
    const { final } = this;
    for (const { context } of this.filters) context.accessLog(final);
    for (const { context, root } of this.filters) {
      context.destroy();
      root.vm.world.streamEnded(root);
    }
  }
}

class Client extends Collected {
  constructor(private readonly stream: StreamManager) {
    super();
  }

  // `ConnectionManagerUtility::mutateResponseHeaders`
  override headers(map: HeaderMap, end: boolean): void {
    map.remove("connection");
    map.remove("transfer-encoding");
    this.stream.responseCode(map);
    super.headers(map, end);
  }

  override data(buffer: ByteBuffer, end: boolean): boolean {
    this.stream.bytesSent(buffer.length);
    return super.data(buffer, end);
  }

  protected override ended(): void {
    this.stream.end();
  }
}
