import { Action, Status } from "../abi";
import { HeaderList } from "../http/header-list";
import { RequestHeaders, ResponseHeaders } from "../http/headers";
import { respond } from "../http/local-response";
import { Context, ContextKind } from "./context";
import { RootContext } from "./root-context";

/** An HTTP stream, whatever its root context is. Filters derive from `HttpFilter`. */
export abstract class HttpStream extends Context {
  /** The plugin that the stream belongs to; set before any callback runs. */
  rootContext!: RootContext;

  constructor() {
    super(ContextKind.Http);
  }

  /** The request's headers have come; `endOfStream`: there is no body and there are no trailers. */
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** The response's headers have come, from the upstream or from a local response. */
  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
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
   * The upstream never sees the request. A null `headers` leaves only those that Envoy adds itself.
   */
  respond(status: u32, body: string = "", headers: HeaderList | null = null, details: string = ""): Action {
    this.responded = respond(status, body, headers, details);
    return this.responded == Status.Ok ? Action.Pause : Action.Continue;
  }

  /** How the last `respond` went. */
  responded: Status = Status.Ok;
}
