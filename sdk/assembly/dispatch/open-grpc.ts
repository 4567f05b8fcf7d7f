import { GrpcStatus, Status } from "../abi";
import { GrpcHandler } from "../grpc/handler";
import { callStatusCode, getCallStatus } from "../hostcalls/call-status";
import { grpcCall, grpcCancel, grpcClose, grpcSend, grpcStream } from "../hostcalls/grpc";
import { HeaderList } from "../http/header-list";
import { returnedLength, returnedNumber, returnedPtr } from "../memory/returned";
import { decodeUtf8 } from "../memory/utf8";
import { ProtobufWriter } from "../protobuf/writer";
import { findContext } from "./dispatcher";
import { actOn } from "./effective";
import { afterDelete, Hook } from "./hooks";

/**
 * Calls and streams that are under way, by the number that the host gave them. Null until the first: a module that begins
 * none then has no map.
 */
let open: Map<u32, GrpcHandler> | null = null;

/** Sends one message on behalf of the context `owner`. */
export function startGrpcCall(
  owner: u32,
  cluster: string,
  service: string,
  method: string,
  message: Uint8Array,
  handler: GrpcHandler,
  metadata: HeaderList | null,
  timeoutMilliseconds: u32,
): Status {
  if (handler.isOpen) return Status.BadArgument;
  const status = actOn(owner);
  if (status != Status.Ok) return status;
  const list: usize = metadata ? metadata.serialize() : 0;
  const length: u32 = metadata ? metadata.serializedLength : 0;
  const target = targetOf(cluster);
  return keep(grpcCall(target, service, method, list, length, message, timeoutMilliseconds), owner, handler);
}

/** Opens a stream on behalf of the context `owner`. */
export function startGrpcStream(
  owner: u32,
  cluster: string,
  service: string,
  method: string,
  handler: GrpcHandler,
  metadata: HeaderList | null,
): Status {
  if (handler.isOpen) return Status.BadArgument;
  const status = actOn(owner);
  if (status != Status.Ok) return status;
  const list: usize = metadata ? metadata.serialize() : 0;
  const length: u32 = metadata ? metadata.serializedLength : 0;
  return keep(grpcStream(targetOf(cluster), service, method, list, length), owner, handler);
}

/**
 * A `GrpcService` with `envoy_grpc.cluster_name`. Envoy also takes the bare name, but crashes on one that happens to parse
 * as a message, such as `users`.
 */
function targetOf(cluster: string): Uint8Array {
  return new ProtobufWriter().message(1, new ProtobufWriter().text(1, cluster)).bytes;
}

function keep(status: Status, owner: u32, handler: GrpcHandler): Status {
  if (status != Status.Ok) return status;
  handler.token = returnedNumber();
  handler.owner = owner;
  let handlers = open;
  if (!handlers) {
    handlers = new Map<u32, GrpcHandler>();
    open = handlers;
    afterDelete(new Cancellation());
  }
  handlers.set(handler.token, handler);
  return status;
}

function forget(handler: GrpcHandler): u32 {
  const token = handler.token;
  handler.token = 0;
  const handlers = open;
  if (handlers) handlers.delete(token);
  return token;
}

/** `GrpcStreamHandler.send`. */
export function sendGrpc(handler: GrpcHandler, ptr: usize, length: u32, last: bool): Status {
  if (!handler.isOpen) return Status.NotFound;
  const status = actOn(handler.owner);
  return status == Status.Ok ? grpcSend(handler.token, ptr, length, last) : status;
}

/** `GrpcStreamHandler.close`. */
export function finishGrpcSending(handler: GrpcHandler): Status {
  if (!handler.isOpen) return Status.NotFound;
  const status = actOn(handler.owner);
  return status == Status.Ok ? grpcClose(handler.token) : status;
}

/** `GrpcHandler.cancel`. */
export function cancelGrpc(handler: GrpcHandler): Status {
  if (!handler.isOpen) return Status.NotFound;
  const token = forget(handler);
  const status = actOn(handler.owner);
  return status == Status.Ok ? grpcCancel(token) : status;
}

/** Gives up what the context `id` has begun: it is being deleted, and its callback still runs. */
class Cancellation extends Hook {
  run(id: u32): void {
    const all = open;
    if (!all || all.size == 0) return;
    const handlers = all.values();
    for (let i = 0; i < handlers.length; i++) {
      if (handlers[i].owner == id) grpcCancel(forget(handlers[i]));
    }
  }
}

/** The handler of a call or stream, with its owner in effect; null when nobody waits for it. */
function heardBy(token: u32): GrpcHandler | null {
  const handlers = open;
  if (!handlers || !handlers.has(token)) return null;
  const handler = handlers.get(token);
  return findContext(handler.owner) && actOn(handler.owner) == Status.Ok ? handler : null;
}

/** Initial metadata has come on a stream. */
export function grpcBegun(token: u32): void {
  const handler = heardBy(token);
  if (handler) handler.begun();
}

/** A message has come; with a call's, the call is over. */
export function grpcReceived(token: u32, size: u32): void {
  const handler = heardBy(token);
  if (!handler) return;
  if (!handler.isStream) forget(handler);
  handler.received(size);
}

/** Trailing metadata has come on a stream. */
export function grpcEnding(token: u32): void {
  const handler = heardBy(token);
  if (handler) handler.ending();
}

/** A call has failed, or a stream has ended. */
export function grpcEnded(token: u32, status: GrpcStatus): void {
  const handler = heardBy(token);
  if (!handler) return;
  forget(handler);
  const message = getCallStatus() == Status.Ok ? decodeUtf8(returnedPtr(), returnedLength()) : "";
  // Envoy keeps a stream that the other side has ended until this side ends it too, and forgets what that means as soon
  // as this callback has returned.
  if (handler.isStream) grpcCancel(token);
  handler.ended(status, message);
}
