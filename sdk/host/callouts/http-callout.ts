import { MeshwasmError } from "../errors.js";
import { HeaderMap } from "../headers/header-map.js";
import { type ResponseInput, responseMessage } from "../http/input.js";
import type { Collected } from "../http/seen.js";
import { SeenRequest } from "../http/seen.js";
import type { CalloutState } from "./callout.js";
import type { CalloutAnswer } from "./clusters.js";

/** What arrived for a callout; undefined stands for a reset. */
export interface HttpResult {
  readonly headers: HeaderMap;
  readonly body: Buffer;
  readonly trailers: HeaderMap | undefined;
}

/** What a callout needs from the root context that made it. */
export interface HttpCalloutOwner {
  /** Hands the result to the guest and forgets the callout. */
  finishHttp(token: number, result: HttpResult | undefined): void;
  /** Calls `fire` in virtual time; the returned function cancels it. */
  schedule(afterMs: number, fire: () => void): () => void;
  /** Milliseconds. */
  readonly now: number;
  post(task: () => void): void;
  settle(): void;
}

const UNREACHABLE =
  "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure";

/** An HTTP request that the filter sent by itself with `proxy_http_call`. */
export class HttpCallout {
  readonly kind = "http";
  /** What reached the cluster. */
  readonly request: SeenRequest;
  private stateNow: CalloutState = "pending";
  private readonly began: number;
  private timer: (() => void) | undefined;

  /** @internal */
  constructor(
    private readonly owner: HttpCalloutOwner,
    /** The number that the filter knows it by: the first is 4, then 8, 12, … */
    readonly token: number,
    readonly cluster: string,
    request: Collected,
    /** Milliseconds until Envoy answers with 504; 0: it waits for ever. */
    readonly timeout: number,
  ) {
    this.request = new SeenRequest(request);
    this.began = owner.now;
    if (timeout > 0)
      this.timer = owner.schedule(timeout, () => this.end(envoyResult(504, "upstream request timeout")));
  }

  get state(): CalloutState {
    return this.stateNow;
  }

  /** The response arrives now. @throws MeshwasmError `USAGE` when the callout is over */
  respond(response: ResponseInput = {}): this {
    return this.now(() => this.end(this.resultOf(response)));
  }

  /** The connection breaks now. @throws MeshwasmError `USAGE` when the callout is over */
  reset(): this {
    return this.now(() => this.end(undefined));
  }

  private now(happens: () => void): this {
    if (this.stateNow !== "pending")
      throw new MeshwasmError("USAGE", `callout ${this.token} to ${this.cluster} is ${this.stateNow}`);
    this.owner.post(happens);
    this.owner.settle();
    return this;
  }

  /** @internal What the test's cluster says. */
  answer(answer: CalloutAnswer | undefined): void {
    if (this.stateNow !== "pending" || answer === undefined || answer === "timeout") return;
    if (answer === "reset") this.end(undefined);
    else if (answer === "unreachable") this.end(envoyResult(503, UNREACHABLE));
    else {
      const arrive = () => this.end(answer.reset === true ? undefined : this.resultOf(answer));
      if (answer.afterMs === undefined || answer.afterMs <= 0) arrive();
      else this.owner.schedule(answer.afterMs, arrive);
    }
  }

  /** @internal The context that made it is gone. */
  cancel(): void {
    this.stateNow = "cancelled";
    this.timer?.();
  }

  private resultOf(input: ResponseInput): HttpResult {
    const { headers, chunks, trailers } = responseMessage(input);
    // Envoy's router adds it, with the milliseconds that the answer took.
    headers.set("x-envoy-upstream-service-time", String(Math.round(this.owner.now - this.began)));
    return { headers, body: Buffer.concat(chunks), trailers };
  }

  private end(result: HttpResult | undefined): void {
    if (this.stateNow !== "pending") return;
    this.stateNow = result === undefined ? "reset" : "answered";
    this.timer?.();
    this.owner.finishHttp(this.token, result);
  }
}

/** A response that Envoy makes up for a callout that failed. */
function envoyResult(status: number, text: string): HttpResult {
  const headers = new HeaderMap("response");
  headers.add(":status", String(status));
  headers.add("content-length", String(text.length));
  headers.add("content-type", "text/plain");
  return { headers, body: Buffer.from(text, "latin1"), trailers: undefined };
}
