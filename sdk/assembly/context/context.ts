import { Status } from "../abi";
import { startCall } from "../dispatch/pending-calls";
import { HeaderList } from "../http/header-list";
import { HttpCallHandler } from "../http/http-call";

/** Which callbacks a context can take; checked before a context is used as one of its kind. */
export enum ContextKind {
  Root = 0,
  Http = 1,
  Network = 2,
}

/** One side of a conversation with Envoy: the plugin itself (root) or one stream of it. */
export abstract class Context {
  /** The number that Envoy knows it by; set before any callback runs. */
  id: u32 = 0;
  /** The SDK's own: the table's next context behind this one. */
  inSameSlot: Context | null = null;

  constructor(readonly kind: ContextKind) {}

  /**
   * Sends a request to a cluster that Envoy's configuration names; `handler` gets the answer.
   *
   * @param headers must have `:method`, `:path` and `:authority`
   * @param body empty: none
   * @param timeoutMilliseconds 0: none
   * @returns `BadArgument` for an unknown cluster or missing headers; the handler is called only after `Ok`
   */
  call(
    cluster: string,
    headers: HeaderList,
    handler: HttpCallHandler,
    body: string = "",
    timeoutMilliseconds: u32 = 5000,
  ): Status {
    return startCall(this.id, cluster, headers, body, timeoutMilliseconds, handler);
  }

  /** The stream or the plugin is finished: its state may still be read, and it is deleted next. */
  onDone(): void {}

  /** The access-log phase: headers can be read and not changed. */
  onLog(): void {}

  /** The last callback: Envoy forgets this context when it returns. */
  onDelete(): void {}
}
