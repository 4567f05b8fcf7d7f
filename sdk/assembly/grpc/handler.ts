import { GrpcStatus, Status } from "../abi";
import { cancelGrpc } from "../dispatch/open-grpc";

/** A gRPC call or stream that this filter has begun: what `GrpcCallHandler` and `GrpcStreamHandler` have in common. */
export abstract class GrpcHandler {
  /** The SDK's own: the number that the host gave; 0: none is under way. */
  token: u32 = 0;
  /** The SDK's own: the context that has begun it. */
  owner: u32 = 0;

  /** Whether it is under way: begun, and neither ended nor cancelled. */
  get isOpen(): bool {
    return this.token != 0;
  }

  /**
   * Gives it up: nothing of it comes back any more. `NotFound`: it is not under way. The end of the context that has begun
   * it cancels it too.
   */
  cancel(): Status {
    return cancelGrpc(this);
  }

  /** The SDK's own: initial metadata has come. */
  begun(): void {}

  /** The SDK's own: a message of `size` bytes has come. */
  abstract received(size: u32): void;

  /** The SDK's own: trailing metadata has come. */
  ending(): void {}

  /** The SDK's own: it has ended; a call only when it failed. */
  abstract ended(status: GrpcStatus, message: string): void;

  /** The SDK's own: whether it has more than one message. */
  get isStream(): bool {
    return false;
  }
}
