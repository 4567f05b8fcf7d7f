import type { HeaderMap } from "../headers/header-map.js";
import { DataStatus, HeadersStatus } from "../status.js";
import { ByteBuffer } from "./byte-buffer.js";
import type { Direction, Lane } from "./lane.js";

/** Something that a request or a response can be sent into: the next filter, the upstream or the client. */
export interface Sink {
  headers(map: HeaderMap, end: boolean): void;
  /** False when a filter held it back, or nobody wants it any more. */
  data(buffer: ByteBuffer, end: boolean): boolean;
  trailers(map: HeaderMap): void;
  metadata(count: number): void;
}

/** A filter on both ways: each method answers with the filter's (already converted) status. */
export interface LegFilter {
  filterHeaders(direction: Direction, map: HeaderMap, end: boolean): number;
  filterData(direction: Direction, buffer: ByteBuffer, end: boolean): number;
  filterTrailers(direction: Direction, map: HeaderMap): number;
  filterMetadata(direction: Direction, count: number): void;
  /** So many bytes are held back now: false when that is too many and the stream is being ended. */
  withinLimit(direction: Direction, bytes: number): boolean;
}

type State = "flowing" | "stopped" | "stoppedAll";

/**
 * Carries one direction of a stream through one filter: stops, buffers and resumes as the filter says.
 * Several of them in a row make a chain. Follows `ActiveStreamFilterBase` and the loops of `FilterManager` in Envoy's
 * filter_manager.cc.
 */
export class Leg implements Sink {
  private state: State = "flowing";
  private asked = false;
  private headersContinued = false;
  private ended = false;
  private stoppedIn: "headers" | "body" | "trailers" = "headers";
  private metadataCounts: number[] | undefined = undefined;

  /** @param next where everything goes that the filter lets pass */
  constructor(
    private readonly lane: Lane,
    private readonly filter: LegFilter,
    private readonly next: Sink,
  ) {}

  /** True while the filter holds something back. */
  get paused(): boolean {
    return this.state !== "flowing";
  }

  /** The callback that stopped it, while it is paused. */
  get pausedBy(): string {
    return `proxy_on_${this.lane.direction}_${this.stoppedIn}`;
  }

  headers(map: HeaderMap, end: boolean): void {
    const { lane } = this;
    if (lane.aborted) return;
    this.ended = end;
    const status = this.filter.filterHeaders(lane.direction, map, end);
    this.asked = true;
    if (lane.aborted || this.headersContinued) return;
    if (status === HeadersStatus.StopIteration) this.state = "stopped";
    else if (status >= HeadersStatus.StopAllIterationAndBuffer) this.state = "stoppedAll";
    else {
      this.headersContinued = true;
      this.next.headers(map, end);
    }
  }

  data(buffer: ByteBuffer, end: boolean): boolean {
    if (this.lane.aborted) return false;
    if (this.state === "stoppedAll") this.hold(buffer);
    else if (!this.ended) return this.filterData(buffer, end);
    return false;
  }

  private filterData(buffer: ByteBuffer, end: boolean): boolean {
    const { lane } = this;
    const before = lane.trailers;
    this.ended = end && before === undefined;
    const status = this.filter.filterData(lane.direction, buffer, this.ended);
    if (lane.aborted) return false;
    const made = before === undefined ? lane.trailers : undefined;
    if (status === DataStatus.Continue) {
      if (this.state === "stopped") {
        this.hold(buffer);
        this.resume();
        // Seen in Envoy: the next filter is told twice of the trailers that this one made for a request.
        if (made !== undefined && lane.direction === "request" && !lane.aborted) this.next.trailers(made);
        return false;
      }
      const passed = this.next.data(buffer, end && made === undefined);
      // Seen in Envoy: a filter that holds a response's body is not told of trailers that came with it.
      if (made !== undefined && !lane.aborted && (passed || lane.direction === "request"))
        this.next.trailers(made);
      return passed;
    }
    this.state = "stopped";
    this.stoppedIn = "body";
    if (status === DataStatus.StopIterationNoBuffer) {
      // The codec drains what nobody kept.
      if (buffer !== lane.held) buffer.take();
      // So that resuming still passes the end of the stream on.
      if (lane.complete && lane.trailers === undefined) lane.held ??= new ByteBuffer();
    } else {
      this.hold(buffer);
      if (
        status === DataStatus.StopIterationAndBuffer &&
        !this.filter.withinLimit(lane.direction, lane.held!.length)
      )
        return false;
    }
    // Seen in Envoy: trailers that a filter makes for a request go on at once, although it holds the body.
    if (made !== undefined && lane.direction === "request") this.next.trailers(made);
    return false;
  }

  trailers(map: HeaderMap): void {
    const { lane } = this;
    if (lane.aborted || this.state === "stoppedAll") return;
    const status = this.filter.filterTrailers(lane.direction, map);
    this.ended = true;
    if (lane.aborted) return;
    if (status !== 0) {
      this.state = "stopped";
      this.stoppedIn = "trailers";
    } else if (this.state === "stopped") this.resume();
    else this.next.trailers(map);
  }

  metadata(count: number): void {
    if (this.lane.aborted) return;
    if (!this.asked || this.state === "stoppedAll") {
      this.metadataCounts ??= [];
      this.metadataCounts.push(count);
      return;
    }
    this.filter.filterMetadata(this.lane.direction, count);
    if (!this.lane.aborted) this.next.metadata(count);
  }

  /** Moves a body's next piece to what is held back; false when that went over the limit. */
  holdMore(buffer: ByteBuffer): boolean {
    this.hold(buffer);
    return this.filter.withinLimit(this.lane.direction, this.lane.held!.length);
  }

  private hold(buffer: ByteBuffer): void {
    const { lane } = this;
    if (lane.held === buffer) return;
    lane.held ??= new ByteBuffer();
    lane.held.moveFrom(buffer);
  }

  /** `continueDecoding`/`continueEncoding`: lets go of everything that was held back (`commonContinue`). */
  resume(): void {
    const { lane } = this;
    const { map, trailers } = lane;
    if (lane.aborted || map === undefined) return;
    // A filter that stopped everything at its headers has not seen the rest yet.
    const again = this.state === "stoppedAll";
    this.state = "flowing";
    if (!this.headersContinued) {
      this.headersContinued = true;
      this.next.headers(map, lane.complete && lane.held === undefined && trailers === undefined);
    }
    if (this.metadataCounts !== undefined) this.resumeMetadata(again);
    if (lane.held !== undefined && !lane.aborted) {
      const end = lane.complete && trailers === undefined;
      if (!again) this.next.data(lane.held, end);
      else if (!this.ended) this.filterData(lane.held, end);
    }
    if (trailers === undefined || lane.aborted) return;
    if (again) this.trailers(trailers);
    else this.next.trailers(trailers);
  }

  private resumeMetadata(again: boolean): void {
    const counts = this.metadataCounts!;
    this.metadataCounts = undefined;
    for (const count of counts) {
      if (again) this.metadata(count);
      else this.next.metadata(count);
    }
  }
}
