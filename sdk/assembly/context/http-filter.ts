import { Action, Status, StreamType } from "../abi";
import { actOn } from "../dispatch/effective";
import { closeStream, continueStream } from "../hostcalls/stream";
import { HeaderList } from "../http/header-list";
import { RequestHeaders, RequestTrailers, ResponseHeaders, ResponseTrailers } from "../http/headers";
import { respond } from "../http/local-response";
import { StreamData } from "../stream-data";
import { ContextKind } from "./context";
import { RootContext } from "./root-context";
import { StreamContext } from "./stream-context";

/** An HTTP stream, whatever its root context is. Filters derive from `HttpFilter`. */
export abstract class HttpStream extends StreamContext {
  constructor() {
    super(ContextKind.Http);
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
    actOn(this.id);
    this.responded = respond(status, body, headers, details);
    return Action.Pause;
  }

  /** How the last `respond` went. */
  responded: Status = Status.Ok;

  /** Lets a paused request go on, from a later callback. */
  resumeRequest(): Status {
    actOn(this.id);
    return continueStream(StreamType.HttpRequest);
  }

  /** Lets a paused response go on, from a later callback. */
  resumeResponse(): Status {
    actOn(this.id);
    return continueStream(StreamType.HttpResponse);
  }

  /** Cuts the stream off: the client sees its connection or HTTP/2 stream reset. */
  reset(): Status {
    actOn(this.id);
    return closeStream(StreamType.HttpRequest);
  }
}
