import type { BytesInput, HttpStream } from "@meshwasm/sdk/host";
import {
  type ExchangeSink,
  type RecordedExchange,
  type RecordedFilter,
  type RecordedHeaders,
  type RecordedRequest,
  type RecordedResponse,
  recordedBodyLimit,
} from "../record/recorded.js";
import { seenRequest, seenResponse } from "../record/seen.js";
import type { HostClusters } from "./host-clusters.js";

type HeaderPairs = [string, Uint8Array][];

interface RequestHead {
  method: string;
  path: string;
  authority: string;
  headers: HeaderPairs;
}

interface ResponseHead {
  status: number;
  headers: HeaderPairs | Record<string, string>;
}

/** A stream of the in-process host that remembers what went into it, for the recorder. */
export class HostRecording {
  readonly #began = performance.now();
  #request: RecordedRequest | undefined;
  #upstream: RecordedResponse | undefined;

  /** @param filter what the stream's host runs */
  constructor(
    private readonly stream: HttpStream,
    private readonly filter: RecordedFilter,
    private readonly clusters: HostClusters,
    private readonly recorder: ExchangeSink,
  ) {}

  get exchange(): HttpStream["exchange"] {
    return this.stream.exchange;
  }

  requestHeaders(head: RequestHead, end: boolean): void {
    const { method, path, authority } = head;
    const headers = texts(head.headers);
    this.#request = { method, path, authority, scheme: "http", headers, body: [], trailers: [] };
    this.stream.requestHeaders(head, end);
  }

  requestBody(piece: BytesInput, end = false): void {
    keep(this.#request?.body, piece);
    this.stream.requestBody(piece, end);
  }

  requestTrailers(trailers: HeaderPairs): void {
    if (this.#request) this.#request.trailers = texts(trailers);
    this.stream.requestTrailers(trailers);
  }

  responseHeaders(head: ResponseHead, end: boolean): void {
    const { status, headers } = head;
    const pairs = Array.isArray(headers) ? texts(headers) : Object.entries(headers);
    this.#upstream = { status, headers: pairs, body: [], trailers: [] };
    this.stream.responseHeaders(head, end);
  }

  responseBody(piece: BytesInput, end = false): void {
    keep(this.#upstream?.body, piece);
    this.stream.responseBody(piece, end);
  }

  responseTrailers(trailers: HeaderPairs): void {
    if (this.#upstream) this.#upstream.trailers = texts(trailers);
    this.stream.responseTrailers(trailers);
  }

  disconnect(): void {
    this.stream.disconnect();
  }

  /** The exchange is over. */
  end(): void {
    const { exchange } = this;
    const request = this.#request;
    if (!request) return;
    if (exchange.reset === "client") {
      this.recorder.skipped(`${request.method} ${request.path.split("?")[0]}`, "the client got no answer");
      return;
    }
    const recorded: RecordedExchange = {
      request,
      ...(this.#upstream && { upstream: this.#upstream }),
      ...(exchange.request && { forwarded: seenRequest(exchange.request) }),
      ...(exchange.began && { response: seenResponse(exchange.response) }),
      local: exchange.local !== undefined,
      ...(exchange.reset && { reset: exchange.reset }),
      callouts: exchange.callouts.map((callout) => this.clusters.recorded(callout)),
      began: this.#began,
      millis: performance.now() - this.#began,
    };
    this.recorder.add(recorded, this.filter);
  }
}

/** Keeps a little more than the recorder takes, so that it knows. */
function keep(pieces: Buffer[] | undefined, piece: BytesInput): void {
  if (!pieces || piece.length === 0) return;
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  if (size <= recordedBodyLimit) pieces.push(Buffer.from(piece as Uint8Array));
}

function texts(pairs: HeaderPairs): RecordedHeaders {
  return pairs.map(([name, value]) => [name, Buffer.from(value).toString("utf8")]);
}
