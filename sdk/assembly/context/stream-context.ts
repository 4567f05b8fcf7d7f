import { Context, ContextKind } from "./context";
import { RootContext } from "./root-context";

/** One stream of a plugin: an HTTP exchange or a TCP connection. */
export abstract class StreamContext extends Context {
  /** The plugin that the stream belongs to; set before any callback runs. */
  rootContext!: RootContext;

  constructor(kind: ContextKind) {
    super(kind);
  }
}
