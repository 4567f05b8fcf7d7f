import type { HeaderMap } from "../headers/header-map.js";
import { DataStatus, HeadersStatus } from "../status.js";
import { ByteBuffer } from "./byte-buffer.js";

/** Something that a request or a response can be sent into: the next filter, the upstream or the client. */
export interface Sink {
  headers(map: HeaderMap, end: boolean): void;
  data(buffer: ByteBuffer, end: boolean): void;
  trailers(map: HeaderMap): void;
}

/** Which way a message goes: `request` from the client, `response` to it. */
export type Direction = "request" | "response";

/** A filter on both ways: each method answers with the filter's (already converted) status. */
export interface LegFilter {
  filterHeaders(direction: Direction, map: HeaderMap, end: boolean): number;
  filterData(direction: Direction, buffer: ByteBuffer, end: boolean): number;
  filterTrailers(direction: Direction, map: HeaderMap): number;
  /** So many bytes are held back now: false when that is too many and the stream is being ended. */
  withinLimit(direction: Direction, bytes: number): boolean;
}

type State = "flowing" | "stopped" | "stoppedAll";

/**
 * Carries one direction of a stream through one filter: stops, buffers and resumes as the filter says.
 * Several of them in a row make a chain. Follows `ActiveStreamFilterBase` in Envoy's filter_manager.cc.
 */
export class Leg implements Sink {
  /** True when nothing may pass any more: the stream ended or a local response took over. */
  aborted = false;
  private state: State = "flowing";
  private map: HeaderMap | undefined;
  private headersContinued = false;
  private endSeen = false;
  private buffered: ByteBuffer | undefined;
  private trailerMap: HeaderMap | undefined;
  private addedTrailers: HeaderMap | undefined;

  constructor(
    private readonly direction: Direction,
    private readonly filter: LegFilter,
    private readonly next: Sink,
  ) {}

  /** True while the filter holds something back. */
  get paused(): boolean {
    return this.state !== "flowing";
  }

  /** What is held back of the body; undefined when nothing was. */
  get held(): ByteBuffer | undefined {
    return this.buffered;
  }

  headers(map: HeaderMap, end: boolean): void {
    if (this.aborted) return;
    this.map = map;
    this.endSeen = end;
    const status = this.filter.filterHeaders(this.direction, map, end);
    if (this.aborted || this.headersContinued) return;
    if (status === HeadersStatus.StopIteration) this.state = "stopped";
    else if (status >= HeadersStatus.StopAllIterationAndBuffer) this.state = "stoppedAll";
    else {
      this.headersContinued = true;
      this.next.headers(map, end);
    }
  }

  data(buffer: ByteBuffer, end: boolean): void {
    if (this.aborted) return;
    this.endSeen ||= end;
    if (this.state === "stoppedAll") this.hold(buffer);
    else this.filterData(buffer, end);
  }

  private filterData(buffer: ByteBuffer, end: boolean): void {
    const status = this.filter.filterData(this.direction, buffer, end);
    if (this.aborted) return;
    if (status === DataStatus.Continue) {
      if (this.state === "stopped") {
        this.hold(buffer);
        this.resume();
        return;
      }
      const added = this.addedTrailers;
      this.next.data(buffer, end && added === undefined);
      if (added !== undefined && !this.aborted) this.next.trailers(added);
      return;
    }
    this.state = "stopped";
    if (status === DataStatus.StopIterationNoBuffer) {
      // So that resuming still passes the end of the stream on.
      if (this.endSeen) this.buffered ??= new ByteBuffer();
      return;
    }
    this.hold(buffer);
    if (status === DataStatus.StopIterationAndBuffer)
      this.filter.withinLimit(this.direction, this.buffered!.length);
  }

  trailers(map: HeaderMap): void {
    if (this.aborted) return;
    this.endSeen = true;
    this.trailerMap = map;
    if (this.state === "stoppedAll") return;
    const status = this.filter.filterTrailers(this.direction, map);
    if (this.aborted) return;
    if (status !== 0) this.state = "stopped";
    else if (this.state === "stopped") this.resume();
    else this.next.trailers(map);
  }

  /** Moves a body's next piece to what is held back; false when that went over the limit. */
  holdMore(buffer: ByteBuffer): boolean {
    this.hold(buffer);
    return this.filter.withinLimit(this.direction, this.buffered!.length);
  }

  private hold(buffer: ByteBuffer): void {
    if (this.buffered === buffer) return;
    this.buffered ??= new ByteBuffer();
    this.buffered.moveFrom(buffer);
  }

  /** Trailers that the filter makes up in its last body callback. */
  createTrailers(map: HeaderMap): HeaderMap {
    this.addedTrailers = map;
    this.trailerMap = map;
    return map;
  }

  /** `continueDecoding`/`continueEncoding`: lets go of everything that was held back (`commonContinue`). */
  resume(): void {
    if (this.aborted || this.map === undefined) return;
    const again = this.state === "stoppedAll";
    this.state = "flowing";
    const trailers = this.trailerMap;
    if (!this.headersContinued) {
      this.headersContinued = true;
      this.next.headers(this.map, this.endSeen && this.buffered === undefined && trailers === undefined);
    }
    const body = this.buffered;
    if (body !== undefined && !this.aborted) {
      const end = this.endSeen && trailers === undefined;
      this.buffered = undefined;
      // A filter that stopped everything at its headers has not seen the body yet.
      if (again) this.filterData(body, end);
      else this.next.data(body, end);
    }
    if (trailers === undefined || this.aborted) return;
    if (again && trailers !== this.addedTrailers) this.trailers(trailers);
    else this.next.trailers(trailers);
  }
}
