import { MeshwasmError } from "../errors.js";
import { HeaderMap } from "../headers/header-map.js";
import type { ByteBuffer } from "../http/byte-buffer.js";
import type { Direction } from "../http/lane.js";
import type { PropertyValue } from "../properties/value.js";
import { BufferType, DataStatus, HeadersStatus, MapType, StreamType, WasmResult } from "../status.js";
import { type GuestBuffer, orAbsent } from "./buffer.js";
import { Context, type Journal } from "./context.js";
import type { Incoming } from "./incoming.js";
import type { LocalReply } from "./local-reply.js";
import type { RootContext } from "./root.js";

/** What a stream lets its filter do. */
export interface StreamCallbacks {
  resume(direction: Direction): void;
  reset(): void;
  sendLocalReply(reply: LocalReply): void;
  /** The body that is held back for a filter which asked to see all of it. */
  held(direction: Direction): ByteBuffer | undefined;
  /** Adds to that body; false when the stream ended because of it. */
  holdMore(direction: Direction, buffer: ByteBuffer): boolean;
  createTrailers(direction: Direction, map: HeaderMap): HeaderMap;
  property(
    name: string,
    maps: {
      request: HeaderMap | undefined;
      response: HeaderMap | undefined;
      trailers: HeaderMap | undefined;
    },
  ): PropertyValue | undefined;
  setProperty(path: string, value: string, once: boolean): number;
  readonly filterStateObjects: Map<string, string>;
  /** What it is and what it waits for. */
  describe(): string;
  /** Tells of something that goes wrong in Envoy in a way that the host does not copy. */
  warn(message: string): void;
}

/** What a filter gets for which Envoy would go down. */
export function envoyCrash(what: string, instead = "do it in an earlier callback"): MeshwasmError {
  return new MeshwasmError("ENVOY_CRASH", `Envoy 1.40 crashes on ${what}`, {
    hint: `${instead}; in production this takes the whole proxy down`,
  });
}

/** The final maps of a stream, for the access-log phase. */
export interface FinalMaps {
  readonly request: HeaderMap | undefined;
  readonly response: HeaderMap | undefined;
  readonly responseTrailers: HeaderMap | undefined;
}

/** One direction's state: what the guest can reach, and whether it asked for the whole body. */
interface Side {
  headers: HeaderMap | undefined;
  body: ByteBuffer | undefined;
  trailers: HeaderMap | undefined;
  buffering: boolean;
}

const newSide = (): Side => ({ headers: undefined, body: undefined, trailers: undefined, buffering: false });

/** `allow_on_headers_stop_iteration` (`alone`) is off in Envoy unless configured, so 1 stops everything. */
function headersStatus(status: number, stopped: boolean, alone: boolean): number {
  if (
    stopped ||
    status > HeadersStatus.StopAllIterationAndWatermark ||
    (status === HeadersStatus.StopIteration && !alone)
  )
    return HeadersStatus.StopAllIterationAndWatermark;
  return status;
}

const dataStatus = (status: number, stopped: boolean) =>
  stopped || status > DataStatus.StopIterationNoBuffer ? DataStatus.StopIterationNoBuffer : status;

const trailersStatus = (status: number, stopped: boolean) => (stopped || status > 1 ? 1 : status);

/**
 * A stream's context in one filter: which header maps, buffers and properties the guest can reach in which
 * callback, and what its answers mean. Follows Envoy's `Context` (common/wasm/context.cc).
 */
export class HttpContext extends Context {
  private readonly request = newSide();
  private readonly response = newSide();
  private endOfStream = false;
  private final: FinalMaps | undefined;
  private failureReplied = false;
  private streamFailed = false;
  private destroyed = false;
  private finishing = false;
  private running = "";
  /** What the running callback asked for. */
  private replied = false;
  private closed = false;
  /** Fail-open leaves the filter out of streams that begin after the VM died; the one that it died in fails. */
  private readonly unfiltered: boolean;

  constructor(
    readonly root: RootContext,
    journal: Journal,
    private readonly stream: StreamCallbacks,
    label?: string,
  ) {
    super(root.vm, root.vm.allocateContextId(), journal, label);
    this.unfiltered = root.plugin.failOpen && root.vm.failure !== undefined;
  }

  override get rootId(): number {
    return this.root.id;
  }

  override describe(): string {
    return `stream context ${this.id}: ${this.stream.describe()}`;
  }

  override incoming(): Incoming {
    return this.root.incoming();
  }

  // A stream whose context was never made, or that failed and was answered, is none of the guest's business.
  private skips(direction: Direction): boolean {
    return !this.created || (direction === "response" && this.failureReplied);
  }

  private create(): void {
    if (this.created) return;
    if (this.vm.failure === undefined && this.vm.has("proxy_on_context_create")) {
      this.vm.call(this, "proxy_on_context_create", this.id, this.root.id);
      this.vm.afterCall();
    }
    this.created = true;
  }

  /** A message's headers arrive; answers with a `HeadersStatus`. */
  onHeaders(direction: Direction, map: HeaderMap, end: boolean): number {
    if (direction === "request") this.create();
    else if (this.skips(direction)) return HeadersStatus.Continue;
    const side = this[direction];
    side.headers = map;
    this.endOfStream = end;
    const callback = direction === "request" ? "proxy_on_request_headers" : "proxy_on_response_headers";
    const stop = HeadersStatus.StopAllIterationAndWatermark;
    const alone = this.vm.world.headersStopAlone;
    const convert = (answer: number, stopped: boolean) => headersStatus(answer, stopped, alone);
    const status = this.ask(callback, map.size, end ? 1 : 0, stop, convert);
    // Envoy's own conversion knows no ContinueAndEndStream: it continues.
    if (status === HeadersStatus.Continue || status === HeadersStatus.ContinueAndEndStream)
      side.headers = undefined;
    return status;
  }

  /** A piece of a message's body arrives; answers with a `DataStatus`. */
  onBody(direction: Direction, buffer: ByteBuffer, end: boolean): number {
    if (this.skips(direction)) return DataStatus.Continue;
    const side = this[direction];
    // The 413 waits until the filter was asked about the body; a 500 has ended the stream by now.
    const fits = !side.buffering || this.stream.holdMore(direction, buffer);
    if (!fits && direction === "response") return DataStatus.StopIterationAndBuffer;
    side.body = buffer;
    this.endOfStream = end;
    const callback = direction === "request" ? "proxy_on_request_body" : "proxy_on_response_body";
    // Envoy looks at it itself, to tell its size.
    const shown = orAbsent(this.body(direction));
    this.lookedAt = shown;
    const size = shown.length;
    const status = this.ask(callback, size, end ? 1 : 0, DataStatus.StopIterationNoBuffer, dataStatus);
    side.buffering = status === DataStatus.StopIterationAndBuffer;
    if (status === DataStatus.Continue) side.body = undefined;
    return status;
  }

  /** A message's trailers arrive; answers 0 to continue, 1 to stop. */
  onTrailers(direction: Direction, map: HeaderMap): number {
    if (this.skips(direction)) return 0;
    const side = this[direction];
    side.trailers = map;
    const callback = direction === "request" ? "proxy_on_request_trailers" : "proxy_on_response_trailers";
    const status = this.ask(callback, map.size, undefined, 1, trailersStatus);
    if (status === 0) side.trailers = undefined;
    return status;
  }

  /** Metadata frames with so many entries arrive; whatever the guest answers, they go on. */
  onMetadata(direction: Direction, count: number): void {
    if (this.skips(direction)) return;
    const callback = `proxy_on_${direction}_metadata`;
    this.ask(callback, count, undefined, 0, () => 0);
  }

  /** Calls the guest and converts its answer (`CHECK_FAIL_HTTP` around each callback). */
  private ask(
    callback: string,
    size: number,
    end: number | undefined,
    closed: number,
    convert: (status: number, stopped: boolean) => number,
  ): number {
    const { vm } = this;
    if (vm.failure !== undefined) return this.fail(closed);
    if (!vm.has(callback)) return 0;
    const takesEnd = end !== undefined && (callback.endsWith("_body") || vm.loaded.abi !== "0.1.0");
    this.running = callback;
    this.replied = false;
    this.closed = false;
    const answer = vm.call(this, callback, this.id, size, takesEnd ? end : undefined);
    if (vm.failure !== undefined) this.checkTrap(callback);
    this.running = "";
    const status = vm.failure !== undefined ? this.fail(closed) : convert(answer, vm.iterationStopped);
    vm.afterCall();
    this.forgetBytes();
    return status;
  }

  private fail(closed: number): number {
    if (this.unfiltered) return 0;
    if (!this.streamFailed) {
      this.streamFailed = true;
      this.failureReplied = true;
      const reply = {
        status: 503,
        details: "wasm_fail_stream",
        body: Buffer.alloc(0),
        headers: [],
        grpcStatus: 14,
      };
      this.stream.sendLocalReply(reply);
    }
    return closed;
  }

  /** `proxy_on_log`; creates the context first for a stream whose headers it never saw. */
  accessLog(final: FinalMaps): void {
    this.create();
    this.finishing = true;
    this.accessLogPhase = true;
    this.final = final;
    this.vm.call(this, "proxy_on_log", this.id);
    this.vm.afterCall();
    this.accessLogPhase = false;
    this.final = undefined;
  }

  /** `proxy_on_done` (whose answer counts for nothing on a stream) and `proxy_on_delete`. */
  destroy(): void {
    if (this.destroyed || !this.created) return;
    this.destroyed = true;
    this.vm.call(this, "proxy_on_done", this.id);
    this.vm.afterCall();
    this.vm.call(this, "proxy_on_delete", this.id);
    this.vm.afterCall();
    this.vm.contexts.delete(this.id);
  }

  override map(type: number): HeaderMap | undefined {
    if (type === MapType.RequestHeaders) return this.request.headers;
    if (type === MapType.ResponseHeaders) return this.response.headers;
    if (type === MapType.RequestTrailers) return this.trailers(this.request, "request");
    if (type === MapType.ResponseTrailers) return this.trailers(this.response, "response");
    return undefined;
  }

  private trailers(side: Side, direction: Direction): HeaderMap | undefined {
    if (side.trailers === undefined && side.body !== undefined && this.endOfStream)
      side.trailers = this.stream.createTrailers(direction, new HeaderMap(`${direction}Trailers`));
    return side.trailers;
  }

  override readableMap(type: number): HeaderMap | undefined {
    const { final } = this;
    if (type === MapType.RequestHeaders) return final === undefined ? this.request.headers : final.request;
    if (type === MapType.RequestTrailers) return final === undefined ? this.request.trailers : undefined;
    if (type === MapType.ResponseHeaders) return final === undefined ? this.response.headers : final.response;
    if (type === MapType.ResponseTrailers)
      return final === undefined ? this.response.trailers : final.responseTrailers;
    return super.readableMap(type);
  }

  private body(direction: Direction): ByteBuffer | undefined {
    const side = this[direction];
    return side.buffering ? this.stream.held(direction) : side.body;
  }

  override buffer(type: number): GuestBuffer | undefined {
    if (type === BufferType.HttpRequestBody) return orAbsent(this.body("request"));
    if (type === BufferType.HttpResponseBody) return orAbsent(this.body("response"));
    return super.buffer(type);
  }

  // The trap's own 503 meets a stream that is on its way out.
  private checkTrap(callback: string): void {
    if (this.closed) this.vm.world.raise(envoyCrash(`a trap after proxy_close_stream in ${callback}`));
    else if (this.replied && callback.startsWith("proxy_on_response"))
      this.vm.world.raise(envoyCrash(`a trap after proxy_send_local_response in ${callback}`));
  }

  override sendLocalResponse(reply: LocalReply): void {
    this.replied = true;
    this.refuseWhenFinishing("proxy_send_local_response");
    this.vm.defer(() => this.stream.sendLocalReply(reply));
  }

  override continueStream(type: number): number {
    if (type === StreamType.Downstream) return WasmResult.Ok;
    if (type === StreamType.Upstream) return WasmResult.Unimplemented;
    this.checkResume(type);
    this.vm.defer(() => this.stream.resume(type === StreamType.Request ? "request" : "response"));
    // Whichever direction it resumes, Envoy forgets the request's maps here.
    this.request.headers = undefined;
    this.request.body = undefined;
    this.request.trailers = undefined;
    return WasmResult.Ok;
  }

  override closeStream(type: number): number {
    if (type === StreamType.Request || type === StreamType.Response) {
      this.refuseWhenFinishing("proxy_close_stream");
      if (this.running === "proxy_on_response_trailers")
        throw envoyCrash("proxy_close_stream in proxy_on_response_trailers");
      if (this.replied && this.running.startsWith("proxy_on_response"))
        throw envoyCrash(`proxy_close_stream after proxy_send_local_response in ${this.running}`);
      this.closed = true;
      this.vm.defer(() => this.stream.reset());
    }
    return WasmResult.Ok;
  }

  private refuseWhenFinishing(call: string): void {
    if (this.finishing)
      throw envoyCrash(`${call} in proxy_on_log, proxy_on_done or proxy_on_delete of a stream`);
  }

  // Resuming works from elsewhere; from the direction's own callback Envoy resumes before it has the answer.
  private checkResume(type: number): void {
    const direction = type === StreamType.Request ? "request" : "response";
    if (type === StreamType.Response && this.running === "proxy_on_response_trailers")
      throw envoyCrash("proxy_continue_stream(response) in proxy_on_response_trailers");
    if (this.running === `proxy_on_${direction}_headers` && !this.endOfStream)
      this.stream.warn(
        `proxy_continue_stream in ${this.running}: Envoy then sends the headers twice, or holds the body for ever`,
      );
  }

  override property(name: string): PropertyValue | undefined {
    const maps = {
      request: this.request.headers ?? this.final?.request,
      response: this.response.headers ?? this.final?.response,
      trailers: this.response.trailers ?? this.final?.responseTrailers,
    };
    return this.stream.property(name, maps) ?? this.root.property(name);
  }

  override setFilterState(name: string, value: string): number {
    this.stream.filterStateObjects.set(name, value);
    return WasmResult.Ok;
  }

  override setProperty(path: string, value: string): number {
    return this.stream.setProperty(path, value, this.root.declared.get(path) === true);
  }
}
