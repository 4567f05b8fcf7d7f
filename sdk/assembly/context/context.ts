import { Status } from "../abi";
import { DnsHandler, askForAddresses } from "../dns";
import { startGrpcCall, startGrpcStream } from "../dispatch/open-grpc";
import { startCall } from "../dispatch/pending-calls";
import { GrpcCallHandler } from "../grpc/call";
import { GrpcStreamHandler } from "../grpc/stream";
import { HeaderList } from "../http/header-list";
import { HttpCallHandler } from "../http/http-call";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { StreamData } from "../stream-data";

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

  constructor(
    /** The SDK's own: what it is. */
    readonly kind: ContextKind,
  ) {}

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
    const text = encode(body);
    return startCall(this.id, cluster, headers, bytesOf(text), lengthOf(text), timeoutMilliseconds, handler);
  }

  /** Like `call`, with a body of bytes. */
  callBytes(
    cluster: string,
    headers: HeaderList,
    handler: HttpCallHandler,
    body: Uint8Array,
    timeoutMilliseconds: u32 = 5000,
  ): Status {
    return startCall(this.id, cluster, headers, body.dataStart, body.length, timeoutMilliseconds, handler);
  }

  /**
   * Sends one gRPC message and gets one back; `handler` gets it, or the reason why there is none.
   *
   * @param service with its package: `grpc.health.v1.Health`
   * @param message serialized; `ProtobufWriter` makes one
   * @param metadata null: none
   * @param timeoutMilliseconds 0: none
   * @returns `InternalFailure` for a cluster that is unknown or has no healthy host, `BadArgument` when `handler` has a
   *   call under way; the handler is called only after `Ok`
   */
  grpcCall(
    cluster: string,
    service: string,
    method: string,
    message: Uint8Array,
    handler: GrpcCallHandler,
    metadata: HeaderList | null = null,
    timeoutMilliseconds: u32 = 5000,
  ): Status {
    return startGrpcCall(this.id, cluster, service, method, message, handler, metadata, timeoutMilliseconds);
  }

  /**
   * Opens a gRPC stream, which lives until both sides have closed it, `handler` cancels it, or this context ends. Send with
   * the handler's `send`. The rest is as in `grpcCall`.
   */
  grpcStream(
    cluster: string,
    service: string,
    method: string,
    handler: GrpcStreamHandler,
    metadata: HeaderList | null = null,
  ): Status {
    return startGrpcStream(this.id, cluster, service, method, handler, metadata);
  }

  /**
   * Asks for the addresses of a name, with the resolver of Envoy itself; `handler` gets them, perhaps before this returns.
   * Envoy's own function, in no ABI: other proxies do not load a module that uses it. Since Envoy 1.17.
   *
   * @returns `BadArgument` when `handler` has a question open
   */
  resolveDns(name: string, handler: DnsHandler): Status {
    return askForAddresses(this.id, name, handler);
  }

  /**
   * A function of the proxy calls back, with `size` bytes that are there while this runs. Which number a function has is
   * for it to say. Envoy's own functions (up to 1.40) call nothing back: this is for those that a build of it adds.
   */
  onForeignFunction(functionId: u32, data: StreamData, size: u32): void {}

  /** The stream or the plugin is finished: its state may still be read, and it is deleted next. */
  onDone(): void {}

  /** The access-log phase: headers can be read and not changed. */
  onLog(): void {}

  /** The last callback: Envoy forgets this context when it returns. */
  onDelete(): void {}
}
