import { Action, GrpcStatus, Status, StreamType } from "../abi";
import { actOn } from "../dispatch/effective";
import { closeStream, continueStream } from "../hostcalls/stream";
import { HeaderList } from "../http/header-list";
import {
  RequestHeaders,
  requestHeadersOf,
  RequestTrailers,
  requestTrailersOf,
  ResponseHeaders,
  responseHeadersOf,
  ResponseTrailers,
  responseTrailersOf,
} from "../http/headers";
import { respond, respondBytes, respondGrpc } from "../http/local-response";
import { StreamData } from "../stream-data";
import { ContextKind } from "./context";
import { RootContext } from "./root-context";
import { StreamContext } from "./stream-context";

/** An HTTP stream, whatever its root context is. Filters derive from `HttpFilter`. */
export abstract class HttpStream extends StreamContext {
  constructor() {
    super(ContextKind.Http);
  }

  /**
   * The request's headers, outside of the callback that is given them: in body callbacks of a request whose headers are held
   * back, in what a call or a tick brings while the request is paused, and in `onLog`. Elsewhere they are not there, and
   * getters answer null with `BadArgument`.
   */
  get requestHeaders(): RequestHeaders {
    return requestHeadersOf(this.id);
  }

  /** The response's headers, where they are there; like `requestHeaders`. */
  get responseHeaders(): ResponseHeaders {
    return responseHeadersOf(this.id);
  }

  /**
   * The request's trailers, outside of the callback that is given them. In the body callback that has the end of the
   * request they can be made: writing one adds trailers to a request that has none.
   */
  get requestTrailers(): RequestTrailers {
    return requestTrailersOf(this.id);
  }

  /** The response's trailers; like `requestTrailers`, and in `onLog`. */
  get responseTrailers(): ResponseTrailers {
    return responseTrailersOf(this.id);
  }

  /** The request's headers have come; `endOfStream`: there is no body and there are no trailers. */
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    return Action.Continue;
  }

  /**
   * A part of the request's body has come: `size` bytes are there. `Pause` keeps them back, and the next call has them
   * all together; the route's buffer limit (1 MiB by default) bounds that, and past it the client gets 413.
   */
  onRequestBody(body: StreamData, size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /**
   * HTTP/2 metadata frames with `count` entries have come with the request. There is no way to read them, and they go on
   * in any case. Needs `allow_metadata` in Envoy's HTTP/2 options.
   */
  onRequestMetadata(count: u32): void {}

  /** HTTP/2 metadata frames have come with the response; like `onRequestMetadata`. */
  onResponseMetadata(count: u32): void {}

  /** The request's trailers have come; its headers and its body are gone, unless they were kept back. */
  onRequestTrailers(trailers: RequestTrailers): Action {
    return Action.Continue;
  }

  /** The response's headers have come, from the upstream or from a local response. */
  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** A part of the response's body has come; like `onRequestBody`. */
  onResponseBody(body: StreamData, size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** The response's trailers have come. */
  onResponseTrailers(trailers: ResponseTrailers): Action {
    return Action.Continue;
  }
}

/**
 * One HTTP exchange. Override the callbacks that you need: only those are exported, and Envoy calls no others.
 *
 * `R` is the class of the root context that the filter is registered with.
 */
export abstract class HttpFilter<R extends RootContext = RootContext> extends HttpStream {
  /** The plugin that this stream belongs to. */
  get root(): R {
    return changetype<R>(this.rootContext);
  }

  /**
   * Answers the request here and pauses it: `return this.respond(403, "no\n")`.
   *
   * The upstream never sees the request. A null `headers` leaves only those that Envoy adds itself. Where the host
   * refuses (`responded` says so), the request stays paused: what was to be denied never passes.
   */
  respond(status: u32, body: string = "", headers: HeaderList | null = null, details: string = ""): Action {
    this.responded = actOn(this.id);
    if (this.responded == Status.Ok) this.responded = respond(status, body, headers, details);
    return Action.Pause;
  }

  /** Like `respond`, with a body of bytes. */
  respondBytes(
    status: u32,
    body: Uint8Array,
    headers: HeaderList | null = null,
    details: string = "",
  ): Action {
    this.responded = actOn(this.id);
    if (this.responded == Status.Ok) this.responded = respondBytes(status, body, headers, details);
    return Action.Pause;
  }

  /**
   * Answers a gRPC request here with a gRPC status and pauses it: `return this.respondGrpc(GrpcStatus.PermissionDenied, "no")`.
   * A request that is not gRPC gets 200 and the message as the body.
   */
  respondGrpc(status: GrpcStatus, message: string = "", details: string = ""): Action {
    this.responded = actOn(this.id);
    if (this.responded == Status.Ok) this.responded = respondGrpc(status, message, details);
    return Action.Pause;
  }

  /** How the last `respond…` went. */
  responded: Status = Status.Ok;

  /** The request's headers as `keepRequestHeaders` has found them; null: they were not kept. */
  keptRequestHeaders: HeaderList | null = null;

  /**
   * Copies the request's headers as they are now, for later callbacks: in those Envoy has let go of them. Call it in
   * `onRequestHeaders` of the streams that need it.
   */
  keepRequestHeaders(): HeaderList {
    const headers = this.requestHeaders.all();
    this.keptRequestHeaders = headers;
    return headers;
  }

  /** Lets a paused request go on, from a later callback. */
  resumeRequest(): Status {
    const status = actOn(this.id);
    return status == Status.Ok ? continueStream(StreamType.HttpRequest) : status;
  }

  /** Lets a paused response go on, from a later callback. */
  resumeResponse(): Status {
    const status = actOn(this.id);
    return status == Status.Ok ? continueStream(StreamType.HttpResponse) : status;
  }

  /** Cuts the stream off: the client sees its connection or HTTP/2 stream reset. */
  reset(): Status {
    const status = actOn(this.id);
    return status == Status.Ok ? closeStream(StreamType.HttpRequest) : status;
  }
}
