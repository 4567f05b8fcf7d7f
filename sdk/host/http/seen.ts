import { fromByteString } from "../headers/bytes.js";
import { HeaderMap } from "../headers/header-map.js";
import { HeadersView } from "../headers/view.js";
import type { ByteBuffer } from "./byte-buffer.js";
import type { Sink } from "./leg.js";

/** A message as it left the filters: the upstream or the client reads it through this. */
class SeenMessage {
  readonly headers: HeadersView;
  readonly trailers: HeadersView;
  /** The body in the pieces in which it arrived. */
  readonly chunks: readonly Uint8Array[];
  /** True when the message arrived to its end. */
  readonly complete: boolean;

  /** @internal */
  constructor(collected: Collected) {
    this.headers = new HeadersView(collected.map);
    this.trailers = new HeadersView(collected.trailerMap);
    this.chunks = collected.chunks;
    this.complete = collected.complete;
  }

  /** All of the body. */
  get body(): Uint8Array {
    return this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
  }

  /** The body decoded as UTF-8. */
  text(): string {
    return Buffer.concat(this.chunks).toString("utf8");
  }

  /** The body parsed as JSON; throws what `JSON.parse` throws. */
  json(): unknown {
    return JSON.parse(this.text());
  }
}

/** What reached the upstream. */
export class SeenRequest extends SeenMessage {
  get method(): string {
    return this.headers.get(":method") ?? "";
  }
  get path(): string {
    return this.headers.get(":path") ?? "";
  }
  get authority(): string {
    return this.headers.get(":authority") ?? "";
  }
  get scheme(): string {
    return this.headers.get(":scheme") ?? "";
  }
}

/** What reached the client. */
export class SeenResponse extends SeenMessage {
  /** The `:status` header as a number; NaN when the filter took it away. */
  readonly status: number = Number.parseInt(this.headers.get(":status") ?? "", 10);
}

/** The end of a direction: keeps what arrives. */
export class Collected implements Sink {
  map: HeaderMap | undefined;
  trailerMap: HeaderMap | undefined;
  readonly chunks: Buffer[] = [];
  complete = false;

  /** Called when the message is complete. */
  onEnd: (() => void) | undefined = undefined;

  headers(map: HeaderMap, end: boolean): void {
    this.map = map;
    if (end) this.end();
  }

  data(buffer: ByteBuffer, end: boolean): boolean {
    if (this.complete) return false;
    if (buffer.length > 0) this.chunks.push(buffer.take());
    if (end) this.end();
    return true;
  }

  trailers(map: HeaderMap): void {
    if (this.complete) return;
    // A filter may still change the map, and what is on the wire stays as it is.
    this.trailerMap = new HeaderMap(map.kind);
    for (const [name, value] of map.pairs()) this.trailerMap.add(name, value);
    this.end();
  }

  metadata(): void {}

  private end(): void {
    this.complete = true;
    this.ended();
  }

  protected ended(): void {
    this.onEnd?.();
  }

  /** Number of body bytes so far. */
  get bodyLength(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** What `content-length` says, undefined without one. */
  get announcedLength(): string | undefined {
    const value = this.map?.get("content-length");
    return value === undefined ? undefined : fromByteString(value);
  }
}
