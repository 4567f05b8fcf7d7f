import { MeshwasmError } from "../errors.js";
import { type BytesInput, toByteString, toBytes } from "../headers/bytes.js";
import { HeaderMap } from "../headers/header-map.js";
import type { Pair } from "../headers/pairs.js";
import { HeadersView } from "../headers/view.js";
import { type HeadersInput, headersOf } from "../http/input.js";
import type { CalloutState } from "./callout.js";
import type { GrpcAnswer, GrpcOutcome } from "./clusters.js";

/** What a gRPC callout needs from the root context that made it. */
export interface GrpcCalloutOwner {
  grpcInitialMetadata(token: number, map: HeaderMap): void;
  grpcMessage(token: number, message: Buffer): void;
  grpcTrailingMetadata(token: number, map: HeaderMap): void;
  grpcClosed(callout: GrpcCallout, status: number, message: string): void;
  grpcOver(callout: GrpcCallout): void;
  schedule(afterMs: number, fire: () => void): () => void;
  post(task: () => void): void;
  settle(): void;
}

/** A gRPC status and what comes with it. */
export interface GrpcStatus {
  /** 0 (default) is Ok. */
  status?: number;
  statusMessage?: string;
  trailingMetadata?: HeadersInput;
}

/** What the filter asked for. */
export interface GrpcRequest {
  readonly cluster: string;
  readonly service: string;
  readonly method: string;
  readonly metadata: readonly Pair[];
  /** Milliseconds; 0 for none, and always 0 on streams. */
  readonly timeout: number;
}

/** A gRPC call (one message each way) or stream that the filter made by itself. */
export class GrpcCallout {
  readonly cluster: string;
  readonly service: string;
  readonly method: string;
  /** Initial metadata that the filter sent. */
  readonly metadata: HeadersView;
  readonly timeout: number;
  /** Messages that the filter sent, oldest first. */
  readonly messages: Uint8Array[] = [];
  /** True once the filter said that it sends no more. */
  ended = false;
  /** Called for each message of a stream, once the filter's callback has returned. */
  onMessage: ((message: Uint8Array, callout: GrpcCallout) => void) | undefined = undefined;
  /** Called when the filter has said that it sends no more. */
  onEnd: ((callout: GrpcCallout) => void) | undefined = undefined;
  /** @internal */
  localClosed = false;
  private stateNow: CalloutState = "pending";
  private opened = false;
  private received: Buffer | undefined;
  private cancelTimer: (() => void) | undefined;

  /** @internal */
  constructor(
    private readonly owner: GrpcCalloutOwner,
    readonly kind: "grpcCall" | "grpcStream",
    /** The number that the filter knows it by: calls 5, 9, …; streams 6, 10, … */
    readonly token: number,
    request: GrpcRequest,
  ) {
    ({ cluster: this.cluster, service: this.service, method: this.method, timeout: this.timeout } = request);
    const map = new HeaderMap("request");
    for (const [name, value] of request.metadata) map.add(name, value);
    this.metadata = new HeadersView(map);
    if (this.timeout > 0) this.cancelTimer = owner.schedule(this.timeout, () => this.made(TIMEOUT));
  }

  get state(): CalloutState {
    return this.stateNow;
  }

  /** The initial metadata arrives; called by itself before the first message or the end. */
  open(metadata: HeadersInput = {}): this {
    return this.now(() => this.begin(metadata));
  }

  /** A message arrives. */
  send(message: BytesInput): this {
    return this.now(() => this.arrive(message));
  }

  /** The other side ends it with a status. */
  close(status: GrpcStatus = {}): this {
    return this.now(() => this.end(status));
  }

  /** The connection breaks. */
  reset(): this {
    return this.now(() => this.breakOff());
  }

  private now(happens: () => void): this {
    if (this.stateNow !== "pending")
      throw new MeshwasmError("USAGE", `callout ${this.token} to ${this.cluster} is ${this.stateNow}`);
    this.owner.post(happens);
    this.owner.settle();
    return this;
  }

  /** @internal What the test's cluster says. */
  answer(answer: GrpcOutcome | undefined): void {
    if (answer === undefined || answer === "timeout") return;
    if (answer === "reset") this.breakOff();
    else if (answer.afterMs === undefined || answer.afterMs <= 0) this.play(answer);
    else this.owner.schedule(answer.afterMs, () => this.play(answer));
  }

  private play(answer: GrpcAnswer): void {
    if (answer.initialMetadata !== undefined) this.begin(answer.initialMetadata);
    for (const message of answer.messages ?? []) this.arrive(message);
    if (answer.open !== true) this.end(answer);
  }

  private begin(metadata: HeadersInput): void {
    if (this.stateNow !== "pending" || this.opened) return;
    this.opened = true;
    if (this.kind === "grpcCall") return;
    const map = new HeaderMap("response");
    map.add(":status", "200");
    map.add("content-type", "application/grpc");
    for (const [name, value] of headersOf("response", metadata).pairs()) map.add(name, value);
    // Envoy's router adds it once the request is through.
    if (this.ended) map.add("x-envoy-upstream-service-time", "0");
    this.owner.grpcInitialMetadata(this.token, map);
  }

  private arrive(message: BytesInput): void {
    this.begin({});
    if (this.stateNow !== "pending") return;
    if (this.kind === "grpcCall") this.received = toBytes(message);
    else this.owner.grpcMessage(this.token, toBytes(message));
  }

  private end(
    { status = 0, statusMessage = "", trailingMetadata = {} }: GrpcStatus,
    details = "via_upstream",
    state: CalloutState = "answered",
  ): void {
    if (this.stateNow !== "pending") return;
    if (this.kind === "grpcStream") {
      // What ends before it began is one block of headers: Envoy makes empty initial metadata of it.
      const bare = !this.opened;
      this.opened = true;
      if (bare) this.owner.grpcInitialMetadata(this.token, new HeaderMap("response"));
      if (this.stateNow === "pending")
        this.owner.grpcTrailingMetadata(this.token, endMap(bare, status, statusMessage, trailingMetadata));
    }
    // Envoy adds where the status came from.
    this.finish(status, statusMessage === "" ? details : `${statusMessage}{${details}}`, state);
  }

  private made({ status, message, details }: typeof TIMEOUT, state: CalloutState = "answered"): void {
    this.end({ status, statusMessage: message }, details, state);
  }

  private breakOff(): void {
    if (!this.opened || this.kind === "grpcCall") this.made(RESET, "reset");
    else if (this.stateNow === "pending") {
      this.owner.grpcTrailingMetadata(this.token, new HeaderMap("responseTrailers"));
      this.finish(INTERNAL, "upstream_reset_after_response_started{remote_reset}", "reset");
    }
  }

  /** @internal There is nobody to ask: the metadata comes inside the hostcall, the close after the callback. */
  refuse(defer: (action: () => void) => void): void {
    const { status, message, details } = NO_HOST;
    if (this.kind === "grpcStream") {
      this.owner.grpcInitialMetadata(this.token, new HeaderMap("response"));
      this.owner.grpcTrailingMetadata(this.token, endMap(true, status, message, {}));
    }
    this.cancel();
    defer(() => this.owner.grpcClosed(this, status, `${message}{${details}}`));
  }

  private finish(status: number, message: string, state: CalloutState = "answered"): void {
    if (this.stateNow !== "pending") return;
    this.stateNow = state;
    this.cancelTimer?.();
    if (this.kind === "grpcStream") this.owner.grpcClosed(this, status, message);
    else if (status !== 0) this.owner.grpcClosed(this, status, message);
    else if (this.received === undefined) this.owner.grpcClosed(this, INTERNAL, "");
    else {
      this.owner.grpcMessage(this.token, this.received);
      this.owner.grpcOver(this);
    }
  }

  /** @internal The filter sends. */
  sent(message: Buffer, end: boolean): void {
    this.messages.push(message);
    this.ended ||= end;
    this.owner.post(() => {
      if (this.stateNow !== "pending") return;
      this.onMessage?.(message, this);
      if (end && this.stateNow === "pending") this.onEnd?.(this);
    });
  }

  /** @internal The filter says that it sends no more. */
  halfClose(): void {
    this.localClosed = true;
    if (this.ended) return;
    this.ended = true;
    this.owner.post(() => {
      if (this.stateNow === "pending") this.onEnd?.(this);
    });
  }

  /** @internal */
  cancel(): void {
    if (this.stateNow === "pending") this.stateNow = "cancelled";
    this.cancelTimer?.();
  }
}

const INTERNAL = 13;
// What Envoy makes up, as it was seen to.
const TIMEOUT = { status: 14, message: "upstream request timeout", details: "response_timeout" };
const NO_HOST = { status: 14, message: "no healthy upstream", details: "no_healthy_upstream" };
const RESET = {
  status: 14,
  message: "upstream connect error or disconnect/reset before headers. reset reason: remote reset",
  details: "upstream_reset_before_response_started{remote_reset}",
};

function endMap(bare: boolean, status: number, message: string, metadata: HeadersInput): HeaderMap {
  const map = new HeaderMap("responseTrailers");
  if (bare) {
    map.add(":status", "200");
    map.add("content-type", "application/grpc");
  }
  map.add("grpc-status", String(status));
  if (message !== "") map.add("grpc-message", toByteString(message));
  for (const [name, value] of headersOf("responseTrailers", metadata).pairs()) map.add(name, value);
  return map;
}
