import { WasmResult } from "../status.js";

/** A body on its way through the filters: bytes that can be looked at, taken and changed at both ends. */
export class ByteBuffer {
  private parts: Buffer[] = [];
  private total = 0;

  constructor(bytes?: Buffer) {
    if (bytes !== undefined) this.append(bytes);
  }

  get length(): number {
    return this.total;
  }

  /** All bytes, in one piece; valid until the next change. */
  bytes(): Buffer {
    if (this.parts.length !== 1) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0]!;
  }

  append(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.parts.push(bytes);
    this.total += bytes.length;
  }

  prepend(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.parts.unshift(bytes);
    this.total += bytes.length;
  }

  /** Removes the first `count` bytes, or all of them. */
  drain(count: number): void {
    const rest = this.bytes().subarray(count);
    this.parts = [rest];
    this.total = rest.length;
  }

  /** Empties the buffer and gives what was in it. */
  take(): Buffer {
    const bytes = this.bytes();
    this.parts = [];
    this.total = 0;
    return bytes;
  }

  /** Moves everything of `other` to the end of this one. */
  moveFrom(other: ByteBuffer): void {
    if (other.total > 0) this.append(other.take());
  }

  /** `set_buffer_bytes` as Envoy does it on a mutable buffer (`Buffer::copyFrom`). */
  replace(start: number, length: number, data: Buffer): number {
    if (start === 0) {
      if (length > 0) this.drain(length);
      this.prepend(data);
      return WasmResult.Ok;
    }
    if (start < this.total) return WasmResult.BadArgument;
    this.append(data);
    return WasmResult.Ok;
  }
}
