import { GrpcStatus, Status } from "../abi";
import { finishGrpcSending, sendGrpc } from "../dispatch/open-grpc";
import { AnswerHeaders, grpcInitialMetadata, grpcTrailingMetadata } from "../http/headers";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { StreamData, grpcMessage } from "../stream-data";
import { GrpcHandler } from "./handler";

/**
 * What happens on a gRPC stream, and the way to send on it. Derive from it and override what you need. Hostcalls in its
 * callbacks act on the context that opened the stream. One handler has one stream open at a time.
 */
export abstract class GrpcStreamHandler extends GrpcHandler {
  /** The server's initial metadata, there while this runs; empty where the server ended the stream with its headers. */
  onInitialMetadata(metadata: AnswerHeaders): void {}

  /** A message of `size` bytes has come; it is there while this runs. */
  onMessage(message: StreamData, size: u32): void {}

  /** The server's trailing metadata, there while this runs, `grpc-status` included. */
  onTrailingMetadata(metadata: AnswerHeaders): void {}

  /**
   * The stream has ended, on both sides: what is sent now goes nowhere.
   *
   * @param message what the server said, and in braces what Envoy adds: `not you{via_upstream}`
   */
  onClose(status: GrpcStatus, message: string): void {}

  /** Sends a message; `last`: and then no more. `NotFound`: the stream is not open. */
  send(message: Uint8Array, last: bool = false): Status {
    return sendGrpc(this, message.dataStart, message.length, last);
  }

  /** Like `send`, with a message that is the UTF-8 of `text`. */
  sendText(text: string, last: bool = false): Status {
    const encoded = encode(text);
    return sendGrpc(this, bytesOf(encoded), lengthOf(encoded), last);
  }

  /** Says that this side sends no more; what the server sends still comes. `NotFound`: the stream is not open. */
  close(): Status {
    return finishGrpcSending(this);
  }

  begun(): void {
    this.onInitialMetadata(grpcInitialMetadata);
  }

  received(size: u32): void {
    this.onMessage(grpcMessage, size);
  }

  ending(): void {
    this.onTrailingMetadata(grpcTrailingMetadata);
  }

  ended(status: GrpcStatus, message: string): void {
    this.onClose(status, message);
  }

  get isStream(): bool {
    return true;
  }
}
