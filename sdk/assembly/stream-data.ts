import { BufferType, Status } from "./abi";
import { getBufferBytes, getBufferStatus, setBufferBytes } from "./hostcalls/buffers";
import { copyBytes } from "./memory/bytes";
import { bytesOf, encode, lengthOf } from "./memory/encoded";
import { returnedLength, returnedNumber, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

/** Where Envoy cuts a range at the buffer's end. */
const TO_THE_END: u32 = 0xffffffff;

/**
 * The bytes that pass by, held in Envoy; they are there during the callback that was given them. A getter that
 * answers null says why in `status`.
 */
export class StreamData {
  /** How the last call on these bytes went. */
  status: Status = Status.Ok;

  constructor(private buffer: BufferType) {}

  /** How many bytes are buffered; 0 also when the host refused. What the filter has changed counts. */
  get length(): u32 {
    this.status = getBufferStatus(this.buffer);
    return this.status == Status.Ok ? returnedNumber() : 0;
  }

  /** All bytes that are buffered, copied; null when the host refused. */
  bytes(): Uint8Array | null {
    return this.read() ? copyBytes(returnedPtr(), returnedLength()) : null;
  }

  /** All bytes as text; what is not UTF-8 becomes U+FFFD. Null when the host refused. */
  text(): string | null {
    return this.read() ? decodeUtf8(returnedPtr(), returnedLength()) : null;
  }

  /**
   * Up to `length` bytes from `start`, copied: fewer where the buffer ends before. Null when the host refused.
   */
  slice(start: u32, length: u32): Uint8Array | null {
    this.status = getBufferBytes(this.buffer, start, length);
    return this.status == Status.Ok ? copyBytes(returnedPtr(), returnedLength()) : null;
  }

  /** Puts `text` in the place of everything that is buffered. */
  replace(text: string): Status {
    return this.write(0, TO_THE_END, text);
  }

  /** Puts `bytes` in the place of everything that is buffered. */
  replaceBytes(bytes: Uint8Array): Status {
    this.status = setBufferBytes(this.buffer, 0, TO_THE_END, bytes.dataStart, bytes.length);
    return this.status;
  }

  /** Puts `text` in front. */
  prepend(text: string): Status {
    return this.write(0, 0, text);
  }

  /** Puts `text` behind. */
  append(text: string): Status {
    return this.write(TO_THE_END, 0, text);
  }

  /** Puts `bytes` in front. */
  prependBytes(bytes: Uint8Array): Status {
    this.status = setBufferBytes(this.buffer, 0, 0, bytes.dataStart, bytes.length);
    return this.status;
  }

  /** Puts `bytes` behind. */
  appendBytes(bytes: Uint8Array): Status {
    this.status = setBufferBytes(this.buffer, TO_THE_END, 0, bytes.dataStart, bytes.length);
    return this.status;
  }

  private read(): bool {
    this.status = getBufferBytes(this.buffer, 0, TO_THE_END);
    return this.status == Status.Ok;
  }

  private write(start: u32, size: u32, text: string): Status {
    const encoded = encode(text);
    this.status = setBufferBytes(this.buffer, start, size, bytesOf(encoded), lengthOf(encoded));
    return this.status;
  }
}

/** The one object of each buffer: they hold no state of a stream but the last status. */
// @ts-ignore: decorator
@lazy
export const requestBody = new StreamData(BufferType.RequestBody);
// @ts-ignore: decorator
@lazy
export const responseBody = new StreamData(BufferType.ResponseBody);
// @ts-ignore: decorator
@lazy
export const downstreamData = new StreamData(BufferType.DownstreamData);
// @ts-ignore: decorator
@lazy
export const upstreamData = new StreamData(BufferType.UpstreamData);
// @ts-ignore: decorator
@lazy
export const callResponseBody = new StreamData(BufferType.HttpCallResponseBody);
// @ts-ignore: decorator
@lazy
export const grpcMessage = new StreamData(BufferType.GrpcCallMessage);
