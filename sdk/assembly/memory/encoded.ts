import { take } from "./arena";
import { encodeUtf8 } from "./utf8";

// Strings on their way to the host. A literal is encoded once and kept: its address never changes and no other
// string ever has it. Every other string is encoded afresh into the arena, because heap addresses are recycled.

/** `[length: u32][UTF-8 bytes]` for each literal, by `address >> 4`: static strings are 16-aligned. */
let literals: usize = 0;

/** The UTF-8 of a string: the address of a length (u32) that the bytes follow. Valid until the callback returns. */
export type Encoded = usize;

/** Encodes `text`; a literal is encoded only the first time. */
export function encode(text: string): Encoded {
  const address = changetype<usize>(text);
  if (address >= __data_end) return write(text, take(4 + maxBytes(text)));
  if (!literals) {
    const size = ((__data_end >> 4) + 1) << 2;
    literals = heap.alloc(size);
    memory.fill(literals, 0, size);
  }
  const slot = literals + ((address >> 4) << 2);
  let at = load<u32>(slot);
  if (!at) {
    at = <u32>write(text, heap.alloc(4 + maxBytes(text)));
    store<u32>(slot, at);
  }
  return at;
}

// @ts-ignore: decorator
@inline
export function bytesOf(encoded: Encoded): usize {
  return encoded + 4;
}

// @ts-ignore: decorator
@inline
export function lengthOf(encoded: Encoded): u32 {
  return load<u32>(encoded);
}

function maxBytes(text: string): usize {
  return <usize>text.length * 3;
}

function write(text: string, at: usize): Encoded {
  store<u32>(at, <u32>encodeUtf8(changetype<usize>(text), text.length, at + 4));
  return at;
}
