import { Status } from "./abi";
import { dequeue, enqueue, registerQueue, resolveQueue } from "./hostcalls/queue";
import { copyBytes } from "./memory/bytes";
import { bytesOf, encode, lengthOf } from "./memory/encoded";
import { returnedLength, returnedNumber, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

/** A queue of messages between worker threads and plugins. */
export class SharedQueue {
  /** How the last call on this queue went. */
  status: Status;
  /** What `onQueueReady` calls it; 0: the queue could not be had. */
  readonly token: u32;

  private constructor(status: Status) {
    this.status = status;
    this.token = status == Status.Ok ? returnedNumber() : 0;
  }

  /**
   * Opens a queue of this VM and makes it if it is new. The root context that opened it last gets `onQueueReady` when a
   * message has come.
   */
  static open(name: string): SharedQueue {
    return new SharedQueue(registerQueue(name));
  }

  /** Finds a queue that the VM `vmId` (empty: this one) has opened; `status` is `NotFound` when it has not. */
  static find(name: string, vmId: string = ""): SharedQueue {
    return new SharedQueue(resolveQueue(vmId, name));
  }

  /** Puts a message at the end. */
  push(message: string): Status {
    const text = encode(message);
    this.status = enqueue(this.token, bytesOf(text), lengthOf(text));
    return this.status;
  }

  /** Like `push`, with bytes. */
  pushBytes(message: Uint8Array): Status {
    this.status = enqueue(this.token, message.dataStart, message.length);
    return this.status;
  }

  /** Takes the first message; null when there is none (`status` is `Empty`) or the host refused. */
  pop(): string | null {
    return this.take() ? decodeUtf8(returnedPtr(), returnedLength()) : null;
  }

  /** Like `pop`, as bytes. */
  popBytes(): Uint8Array | null {
    return this.take() ? copyBytes(returnedPtr(), returnedLength()) : null;
  }

  private take(): bool {
    this.status = dequeue(this.token);
    return this.status == Status.Ok;
  }
}
