import { grpcCallouts, httpCallouts } from "../callouts/callout.js";
import type { GrpcCallout } from "../callouts/grpc-callout.js";
import type { HttpCallout } from "../callouts/http-callout.js";
import type { RootContext } from "../contexts/root.js";
import { MeshwasmError } from "../errors.js";
import { type CallJson, type CallRecord, callsAsJson, formatCalls } from "../transcript.js";
import type { LogEntry } from "../world/logs.js";
import type { Collected } from "./seen.js";
import { SeenRequest, SeenResponse } from "./seen.js";
import type { ResetReason, StreamManager } from "./stream.js";

/** A response that the upstream did not give. */
export interface LocalResponse {
  readonly status: number;
  /** Envoy's response code details. */
  readonly details: string;
}

/**
 * One request and its response. It looks at the live stream: when the filter paused it, everything fills
 * in once the stream goes on (a tick, `host.advance`).
 */
export class Exchange {
  /** @internal */
  constructor(private readonly stream: StreamManager) {}

  /** What reached the upstream; undefined when nothing did. */
  get request(): SeenRequest | undefined {
    const { upstream } = this.stream;
    return upstream.map === undefined ? undefined : new SeenRequest(upstream);
  }

  /**
   * What reached the client.
   * @throws MeshwasmError `STREAM_PAUSED` or `STREAM_RESET` when nothing did
   */
  get response(): SeenResponse {
    const { client, reset_ } = this.stream;
    if (client.map !== undefined) return new SeenResponse(client);
    if (reset_ !== undefined)
      throw new MeshwasmError("STREAM_RESET", `the ${reset_} ended the stream before a response had begun`);
    throw new MeshwasmError("STREAM_PAUSED", `the filter holds the ${this.paused ?? "request"}\n${this}`, {
      hint: "let the time pass that it waits for with host.advance(ms), or look at `paused`",
    });
  }

  /** True once response headers reached the client, so that `response` can be read. */
  get began(): boolean {
    return this.stream.client.map !== undefined;
  }

  /** Who answered instead of the upstream (the filter, or Envoy on its behalf); undefined otherwise. */
  get local(): LocalResponse | undefined {
    const reply = this.stream.localReply;
    return reply === undefined ? undefined : { status: reply.status, details: reply.details };
  }

  /** What the filter holds back at the moment; undefined when nothing, or when the stream is over. */
  get paused(): "request" | "response" | undefined {
    if (this.stream.ended) return undefined;
    if (this.stream.paused("response")) return "response";
    return this.stream.paused("request") ? "request" : undefined;
  }

  /** Who cut the stream off; undefined when nobody did. A response may have begun before. */
  get reset(): ResetReason | undefined {
    return this.stream.reset_;
  }

  /** True once the stream's context is deleted. */
  get done(): boolean {
    return this.stream.ended;
  }

  /** What the filter logged on this stream. */
  get logs(): readonly LogEntry[] {
    return this.stream.logs;
  }

  /** Envoy's own filter state objects that the filter set with `set_envoy_filter_state`, by name. */
  get filterState(): ReadonlyMap<string, string> {
    return this.stream.filterStateObjects;
  }

  /** HTTP requests that the filter sent by itself in this stream's callbacks, oldest first. */
  get callouts(): readonly HttpCallout[] {
    return httpCallouts(this.stream.callouts);
  }

  /** gRPC calls and streams that the filter began in this stream's callbacks, oldest first. */
  get grpcCallouts(): readonly GrpcCallout[] {
    return grpcCallouts(this.stream.callouts);
  }

  /** Every callback and hostcall of this stream; empty when the host's transcript is off. */
  get calls(): readonly CallRecord[] {
    return this.stream.calls;
  }

  /**
   * What works here and goes wrong on the wire: a `content-length` that no longer fits its body, a stream
   * resumed from the callback that is about to pause it. And what nobody notices in Envoy: pointers outside the module's memory.
   */
  get warnings(): string[] {
    const check = (what: string, message: Collected) => {
      const { announcedLength, bodyLength, complete, trailerMap } = message;
      if (announcedLength !== undefined && trailerMap !== undefined)
        return [`${what}: HTTP/1.1 loses its trailers, since it has a content-length`];
      if (announcedLength === undefined || !complete || announcedLength === String(bodyLength)) return [];
      if (bodyLength === 0 && this.request?.method === "HEAD") return [];
      return [`${what}: content-length says ${announcedLength}, the body has ${bodyLength} bytes`];
    };
    return [
      ...this.stream.warnings,
      ...check("request", this.stream.upstream),
      ...check("response", this.stream.client),
    ];
  }

  /** @internal Shows the stream to an access logger. */
  logTo(root: RootContext): void {
    if (!this.done)
      throw new MeshwasmError("USAGE", "an access logger sees a stream once it has ended", {
        hint: "let the exchange end first: look at `exchange.done`",
      });
    this.stream.logTo(root);
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
