import type { WasmMemory } from "./webassembly.js";

const LIMIT = 0xffffffff;

/**
 * The guest's memory as hostcalls use it. Every pointer and length comes from the guest: out of bounds
 * is an answer (undefined or false), never an exception. Bounds follow `V8::getMemory` of proxy-wasm-cpp-host.
 *
 * Text is handled as byte strings: one character (0–255) per byte, so that nothing is lost that is not UTF-8.
 */
export class GuestMemory {
  private view: Buffer;

  constructor(private readonly memory: WasmMemory) {
    this.view = Buffer.from(memory.buffer);
  }

  /** Bytes of memory that the guest has now. */
  get size(): number {
    return this.current().length;
  }

  // Growth detaches the old buffer, which then has length 0.
  private current(): Buffer {
    if (this.view.length === 0) this.view = Buffer.from(this.memory.buffer);
    return this.view;
  }

  /** True when the guest owns all of `[pointer, pointer + length)`. Both are unsigned. */
  contains(pointer: number, length: number): boolean {
    const end = pointer + length;
    return end <= this.current().length && end <= LIMIT;
  }

  /** A byte string; undefined when out of bounds. */
  text(pointer: number, length: number): string | undefined {
    const at = pointer >>> 0;
    const size = length >>> 0;
    if (!this.contains(at, size)) return undefined;
    return size === 0 ? "" : this.view.toString("latin1", at, at + size);
  }

  /** A copy of the bytes; undefined when out of bounds. */
  copy(pointer: number, length: number): Buffer | undefined {
    const at = pointer >>> 0;
    const size = length >>> 0;
    return this.contains(at, size) ? Buffer.from(this.view.subarray(at, at + size)) : undefined;
  }

  /** Writes a byte string; false when out of bounds. */
  writeText(pointer: number, text: string): boolean {
    const at = pointer >>> 0;
    if (!this.contains(at, text.length)) return false;
    this.view.write(text, at, "latin1");
    return true;
  }

  /** Writes bytes; false when out of bounds. */
  write(pointer: number, bytes: Uint8Array): boolean {
    const at = pointer >>> 0;
    if (!this.contains(at, bytes.length)) return false;
    this.view.set(bytes, at);
    return true;
  }

  /** Reads a little-endian u32; undefined when out of bounds. */
  readU32(pointer: number): number | undefined {
    const at = pointer >>> 0;
    return this.contains(at, 4) ? this.view.readUInt32LE(at) : undefined;
  }

  /** Writes a little-endian u32; false when out of bounds. */
  writeU32(pointer: number, value: number): boolean {
    const at = pointer >>> 0;
    if (!this.contains(at, 4)) return false;
    const view = this.view;
    view[at] = value;
    view[at + 1] = value >>> 8;
    view[at + 2] = value >>> 16;
    view[at + 3] = value >>> 24;
    return true;
  }

  /** Writes a little-endian u64 (taken modulo 2^64); false when out of bounds. */
  writeU64(pointer: number, value: bigint): boolean {
    const at = pointer >>> 0;
    if (!this.contains(at, 8)) return false;
    this.view.writeBigUInt64LE(BigInt.asUintN(64, value), at);
    return true;
  }
}
