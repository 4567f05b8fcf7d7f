import { Action, PeerType, Status, StreamType } from "../abi";
import { actOn } from "../dispatch/effective";
import { closeStream, continueStream } from "../hostcalls/stream";
import { StreamData } from "../stream-data";
import { ContextKind } from "./context";
import { RootContext } from "./root-context";
import { StreamContext } from "./stream-context";

/** A TCP connection, whatever its root context is. Filters derive from `NetworkFilter`. */
export abstract class NetworkStream extends StreamContext {
  constructor() {
    super(ContextKind.Network);
  }

  /** A client has connected; no byte has passed yet. */
  onNewConnection(): Action {
    return Action.Continue;
  }

  /** `size` bytes from the client are buffered; `endOfStream`: the client sends no more. */
  onDownstreamData(data: StreamData, size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** `size` bytes from the upstream are buffered; `endOfStream`: the upstream sends no more. */
  onUpstreamData(data: StreamData, size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** The connection to the client is closed. */
  onDownstreamClose(peer: PeerType): void {}

  /** The connection to the upstream is closed. */
  onUpstreamClose(peer: PeerType): void {}
}

/**
 * One TCP connection. Override the callbacks that you need: only those are exported, and Envoy calls no others.
 *
 * `R` is the class of the root context that the filter is registered with.
 */
export abstract class NetworkFilter<R extends RootContext = RootContext> extends NetworkStream {
  /** The plugin that this connection belongs to. */
  get root(): R {
    return changetype<R>(this.rootContext);
  }
  /** Lets bytes from the client go on that were kept back, from a later callback. Envoy can do this for no others. */
  resumeDownstream(): Status {
    const status = actOn(this.id);
    return status == Status.Ok ? continueStream(StreamType.Downstream) : status;
  }

  /** Closes the connection to the client. */
  close(): Status {
    const status = actOn(this.id);
    return status == Status.Ok ? closeStream(StreamType.Downstream) : status;
  }
}
