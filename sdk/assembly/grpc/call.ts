import { GrpcStatus } from "../abi";
import { StreamData, grpcMessage } from "../stream-data";
import { GrpcHandler } from "./handler";

/**
 * What becomes of a gRPC call, which is one message each way. Derive from it, and keep in it what the answer decides
 * about. One handler has one call under way at a time. Metadata of the answer is not to be had: Envoy gives it for
 * streams only.
 */
export abstract class GrpcCallHandler extends GrpcHandler {
  /**
   * The answer has come. Hostcalls act on the context that made the call; when that is gone, this is not called.
   *
   * @param message there while this runs
   * @param size its bytes
   */
  abstract onAnswer(message: StreamData, size: u32): void;

  /**
   * The call has failed: the server said so, or nobody answered. A time-out comes as `Unavailable`, an answer without a
   * message as `Internal`.
   *
   * @param message what the server said, and in braces what Envoy adds: `not you{via_upstream}`
   */
  abstract onFailure(status: GrpcStatus, message: string): void;

  received(size: u32): void {
    this.onAnswer(grpcMessage, size);
  }

  ended(status: GrpcStatus, message: string): void {
    this.onFailure(status, message);
  }
}
