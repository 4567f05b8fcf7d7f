import { envoyCrash, HttpContext, type StreamCallbacks } from "../contexts/http.js";
import type { LocalReply } from "../contexts/local-reply.js";
import type { RootContext } from "../contexts/root.js";
import type { HeaderMap } from "../headers/header-map.js";
import type { PropertyValue } from "../properties/value.js";
import type { ByteBuffer } from "./byte-buffer.js";
import type { Direction } from "./lane.js";
import type { Leg, LegFilter } from "./leg.js";
import type { StreamManager } from "./stream.js";

/** One filter's place in a stream: its context in the guest, and its part of the way in both directions. */
export class StreamFilter implements LegFilter, StreamCallbacks {
  readonly context: HttpContext;
  /** Set once all filters of the stream are there. */
  request!: Leg;
  /** As {@link StreamFilter.request}. */
  response!: Leg;

  /** @param label the filter's name in the transcript of a chain; undefined: it is the only one */
  constructor(
    readonly root: RootContext,
    private readonly stream: StreamManager,
    label: string | undefined,
  ) {
    root.openStreams++;
    this.context = new HttpContext(root, stream, this, label);
  }

  filterHeaders(direction: Direction, map: HeaderMap, end: boolean): number {
    this.stream.asking++;
    return this.stream.asked(this.context.onHeaders(direction, map, end));
  }

  filterData(direction: Direction, buffer: ByteBuffer, end: boolean): number {
    this.stream.asking++;
    return this.stream.asked(this.context.onBody(direction, buffer, end));
  }

  filterTrailers(direction: Direction, map: HeaderMap): number {
    this.stream.asking++;
    return this.stream.asked(this.context.onTrailers(direction, map));
  }

  filterMetadata(direction: Direction, count: number): void {
    this.stream.asking++;
    this.context.onMetadata(direction, count);
    this.stream.asked(0);
  }

  withinLimit(direction: Direction, bytes: number): boolean {
    return this.stream.withinLimit(direction, bytes);
  }

  resume(direction: Direction): void {
    const { ended } = this.stream;
    if (!ended && direction === "response" && this.stream.lane("response").map === undefined)
      this.root.vm.world.raise(
        envoyCrash(
          "proxy_continue_stream(response) before there is a response",
          "resume what the filter holds",
        ),
      );
    else if (!ended) this[direction].resume();
  }

  reset(): void {
    this.stream.reset();
  }

  sendLocalReply(reply: LocalReply): void {
    this.stream.sendLocalReply(reply);
  }

  held(direction: Direction): ByteBuffer | undefined {
    return this.stream.lane(direction).held;
  }

  holdMore(direction: Direction, buffer: ByteBuffer): boolean {
    return this[direction].holdMore(buffer);
  }

  createTrailers(direction: Direction, map: HeaderMap): HeaderMap {
    this.stream.lane(direction).trailers = map;
    return map;
  }

  property(name: string, maps: Parameters<StreamCallbacks["property"]>[1]): PropertyValue | undefined {
    return this.stream.property(name, maps);
  }

  setProperty(path: string, value: string, once: boolean): number {
    return this.stream.setProperty(path, value, once);
  }

  get filterStateObjects(): Map<string, string> {
    return this.stream.filterStateObjects;
  }

  describe(): string {
    const parts = [this.stream.describe()];
    for (const leg of [this.request, this.response])
      if (leg.paused) parts.push(`this filter has held it since ${leg.pausedBy}`);
    const paused = this.stream.paused("request") || this.stream.paused("response");
    if (paused && parts.length === 1) parts.push("another filter holds it");
    return parts.join("; ");
  }

  warn(message: string): void {
    this.stream.warnings.push(message);
  }
}
