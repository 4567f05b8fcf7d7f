import { Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { clearReturned, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_grpc_call")
declare function proxy_grpc_call(
  target: usize,
  targetLength: u32,
  service: usize,
  serviceLength: u32,
  method: usize,
  methodLength: u32,
  metadata: usize,
  metadataLength: u32,
  message: usize,
  messageLength: u32,
  timeout: u32,
  token: usize,
): u32;

/**
 * Sends one message; the call's number is left in the returned slot.
 *
 * @param target a serialized `envoy.config.core.v3.GrpcService`
 */
export function grpcCall(
  target: Uint8Array,
  service: string,
  method: string,
  metadata: usize,
  metadataLength: u32,
  message: Uint8Array,
  timeoutMilliseconds: u32,
): Status {
  const ofService = encode(service);
  const ofMethod = encode(method);
  clearReturned();
  return <Status>(
    proxy_grpc_call(
      target.dataStart,
      target.length,
      bytesOf(ofService),
      lengthOf(ofService),
      bytesOf(ofMethod),
      lengthOf(ofMethod),
      metadata,
      metadataLength,
      message.dataStart,
      message.length,
      timeoutMilliseconds,
      ptrSlot(),
    )
  );
}

// @ts-ignore: decorator
@external("env", "proxy_grpc_stream")
declare function proxy_grpc_stream(
  target: usize,
  targetLength: u32,
  service: usize,
  serviceLength: u32,
  method: usize,
  methodLength: u32,
  metadata: usize,
  metadataLength: u32,
  token: usize,
): u32;

/** Opens a stream; its number is left in the returned slot. `target` as in `grpcCall`. */
export function grpcStream(
  target: Uint8Array,
  service: string,
  method: string,
  metadata: usize,
  metadataLength: u32,
): Status {
  const ofService = encode(service);
  const ofMethod = encode(method);
  clearReturned();
  return <Status>(
    proxy_grpc_stream(
      target.dataStart,
      target.length,
      bytesOf(ofService),
      lengthOf(ofService),
      bytesOf(ofMethod),
      lengthOf(ofMethod),
      metadata,
      metadataLength,
      ptrSlot(),
    )
  );
}

// @ts-ignore: decorator
@external("env", "proxy_grpc_send")
declare function proxy_grpc_send(token: u32, message: usize, length: u32, endOfStream: u32): u32;

/** Sends a message on a stream; `endOfStream`: it is the last one. */
export function grpcSend(token: u32, message: usize, length: u32, endOfStream: bool): Status {
  return <Status>proxy_grpc_send(token, message, length, endOfStream ? 1 : 0);
}

// @ts-ignore: decorator
@external("env", "proxy_grpc_close")
declare function proxy_grpc_close(token: u32): u32;

/** Sends no more on a stream; a call is cancelled. */
export function grpcClose(token: u32): Status {
  return <Status>proxy_grpc_close(token);
}

// @ts-ignore: decorator
@external("env", "proxy_grpc_cancel")
declare function proxy_grpc_cancel(token: u32): u32;

/** Gives a call or a stream up: nothing of it comes back any more. */
export function grpcCancel(token: u32): Status {
  return <Status>proxy_grpc_cancel(token);
}
