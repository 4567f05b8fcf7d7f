import { type BytesInput, toBytes } from "../headers/bytes.js";
import { ByteBuffer } from "./byte-buffer.js";
import { Exchange } from "./exchange.js";
import {
  type HeadersInput,
  headersOf,
  type Message,
  type RequestInput,
  type ResponseInput,
  requestMessage,
  responseMessage,
} from "./input.js";
import type { Direction } from "./lane.js";
import type { StreamManager } from "./stream.js";

/**
 * A stream driven step by step: each method is one event from the client or the upstream. Steps may be
 * left out, and several streams may be interleaved; `exchange` shows what came of it so far.
 */
export class HttpStream {
  readonly exchange: Exchange;

  /** @internal */
  constructor(
    private readonly stream: StreamManager,
    private readonly settle: () => void,
  ) {
    this.exchange = new Exchange(stream);
  }

  /** The request's headers arrive. `end`: nothing follows (default true without `body` and `trailers`). */
  requestHeaders(input: Omit<RequestInput, "body" | "trailers"> = {}, end = true): this {
    return this.step(() => this.stream.requestHeaders(requestMessage(input).headers, end));
  }

  /** A piece of the request's body arrives. */
  requestBody(piece: BytesInput, end = false): this {
    return this.step(() => this.stream.data("request", new ByteBuffer(toBytes(piece)), end));
  }

  /** The request's trailers arrive, and end it. */
  requestTrailers(trailers: HeadersInput): this {
    return this.step(() => this.stream.trailers("request", headersOf("requestTrailers", trailers)));
  }

  /** The upstream's headers arrive. */
  responseHeaders(input: Omit<ResponseInput, "body" | "trailers"> = {}, end = true): this {
    return this.step(() => this.stream.responseHeaders(responseMessage(input).headers, end));
  }

  /** A piece of the upstream's body arrives. */
  responseBody(piece: BytesInput, end = false): this {
    return this.step(() => this.stream.data("response", new ByteBuffer(toBytes(piece)), end));
  }

  /** The upstream's trailers arrive, and end the response. */
  responseTrailers(trailers: HeadersInput): this {
    return this.step(() => this.stream.trailers("response", headersOf("responseTrailers", trailers)));
  }

  /** HTTP/2 METADATA frames arrive with the request: filters learn how many entries they have, and no more. */
  requestMetadata(count: number): this {
    return this.step(() => this.stream.metadata("request", count));
  }

  /** HTTP/2 METADATA frames arrive with the response. */
  responseMetadata(count: number): this {
    return this.step(() => this.stream.metadata("response", count));
  }

  /** The client goes away. */
  disconnect(): this {
    return this.step(() => this.stream.reset("client"));
  }

  private step(event: () => void): this {
    if (!this.stream.ended) event();
    this.settle();
    return this;
  }
}

/** Sends a whole message into a stream, in the steps in which Envoy's codecs deliver it. */
export function deliver(message: Message, stream: StreamManager, direction: Direction): void {
  const { headers, chunks, trailers, protocol } = message;
  const bodiless = chunks.length === 0 && trailers === undefined;
  if (direction === "request") stream.requestHeaders(headers, bodiless);
  else stream.responseHeaders(headers, bodiless);
  const lastEnds = protocol === "HTTP/2" && trailers === undefined;
  for (let index = 0; index < chunks.length; index++)
    stream.data(direction, new ByteBuffer(chunks[index]!), lastEnds && index === chunks.length - 1);
  if (trailers !== undefined) stream.trailers(direction, trailers);
  else if (chunks.length > 0 && !lastEnds) stream.data(direction, new ByteBuffer(), true);
}
