import { encodeUtf8 } from "../memory/utf8";

/** Whether bytes begin with the UTF-8 of `prefix`. */
export function startsWith(bytes: Uint8Array, prefix: string): bool {
  const wanted = utf8(prefix);
  if (wanted.length > bytes.length) return false;
  return memory.compare(bytes.dataStart, wanted.dataStart, wanted.length) == 0;
}

/** Whether bytes end with the UTF-8 of `suffix`. */
export function endsWith(bytes: Uint8Array, suffix: string): bool {
  const wanted = utf8(suffix);
  if (wanted.length > bytes.length) return false;
  const from = bytes.dataStart + bytes.length - wanted.length;
  return memory.compare(from, wanted.dataStart, wanted.length) == 0;
}

/** Whether the UTF-8 of `part` is anywhere in bytes. */
export function contains(bytes: Uint8Array, part: string): bool {
  return indexOf(bytes, part) >= 0;
}

/**
 * Where the UTF-8 of `part` is first in bytes, from byte `from` on; -1 where it is not. Takes time in proportion to the
 * bytes (Knuth, Morris and Pratt), whatever they are.
 */
export function indexOf(bytes: Uint8Array, part: string, from: i32 = 0): i32 {
  const wanted = utf8(part);
  const length = wanted.length;
  let at = max(from, 0);
  if (length == 0) return min(at, bytes.length);
  const borders = bordersOf(wanted);
  let found = 0;
  for (; at < bytes.length; at++) {
    const byte = load<u8>(bytes.dataStart + at);
    while (found > 0 && load<u8>(wanted.dataStart + found) != byte) found = unchecked(borders[found - 1]);
    if (load<u8>(wanted.dataStart + found) == byte) found++;
    if (found == length) return at + 1 - length;
  }
  return -1;
}

/** For each beginning of a text: how long its longest border is, a beginning that is its end too. */
function bordersOf(text: Uint8Array): StaticArray<i32> {
  const borders = new StaticArray<i32>(text.length);
  let border = 0;
  for (let i = 1; i < text.length; i++) {
    const byte = load<u8>(text.dataStart + i);
    while (border > 0 && load<u8>(text.dataStart + border) != byte) border = unchecked(borders[border - 1]);
    if (load<u8>(text.dataStart + border) == byte) border++;
    unchecked((borders[i] = border));
  }
  return borders;
}

function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.subarray(0, <i32>encodeUtf8(changetype<usize>(text), text.length, bytes.dataStart));
}
