/// <reference path="./runtime.d.ts" />

/**
 * Decodes UTF-8 as the WHATWG encoding standard says: each maximal part of an ill-formed sequence becomes one
 * U+FFFD, and a byte that follows it is never swallowed. (The standard library's decoder does not validate.)
 */
export function decodeUtf8(ptr: usize, length: i32): string {
  if (length == 0) return "";
  const ascii = asciiPrefix(ptr, length);
  // Each byte gives at most one UTF-16 code unit.
  let out = changetype<usize>(__new((<usize>length) << 1, idof<string>()));
  for (let i = 0; i < ascii; i++) store<u16>(out + ((<usize>i) << 1), load<u8>(ptr + i));
  if (ascii == length) return changetype<string>(out);
  const units = decodeTail(ptr, ascii, length, out);
  return changetype<string>(__renew(out, (<usize>units) << 1));
}

/** How many bytes at the start are ASCII. */
function asciiPrefix(ptr: usize, length: i32): i32 {
  let i = 0;
  while (i + 8 <= length && (load<u64>(ptr + i) & 0x8080808080808080) == 0) i += 8;
  while (i < length && load<u8>(ptr + i) < 0x80) i++;
  return i;
}

function decodeTail(ptr: usize, from: i32, length: i32, out: usize): i32 {
  let units = from;
  let i = from;
  while (i < length) {
    const first = <u32>load<u8>(ptr + i);
    let used = sequenceLength(ptr + i, length - i);
    let code: u32 = 0xfffd;
    if (used == 1) code = first;
    else if (used == 2) code = ((first & 0x1f) << 6) | tail(ptr + i + 1);
    else if (used == 3) code = ((first & 0x0f) << 12) | (tail(ptr + i + 1) << 6) | tail(ptr + i + 2);
    else if (used == 4)
      code =
        ((first & 0x07) << 18) | (tail(ptr + i + 1) << 12) | (tail(ptr + i + 2) << 6) | tail(ptr + i + 3);
    else used = -used;
    if (code > 0xffff) {
      code -= 0x10000;
      store<u16>(out + ((<usize>units) << 1), 0xd800 | (code >> 10));
      store<u16>(out + ((<usize>units) << 1), 0xdc00 | (code & 0x3ff), 2);
      units += 2;
    } else {
      store<u16>(out + ((<usize>units) << 1), code);
      units++;
    }
    i += used;
  }
  return units;
}

// @ts-ignore: decorator
@inline
function tail(ptr: usize): u32 {
  return (<u32>load<u8>(ptr)) & 0x3f;
}

/**
 * The length of the well-formed sequence that starts at `ptr`, with `left` bytes to read (Unicode 16, table 3-7);
 * for an ill-formed one minus the length of its maximal part, at least -1.
 */
function sequenceLength(ptr: usize, left: i32): i32 {
  const first = load<u8>(ptr);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return -1;
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let low: u8 = 0x80;
  let high: u8 = 0xbf;
  if (first == 0xe0) low = 0xa0;
  else if (first == 0xed) high = 0x9f;
  else if (first == 0xf0) low = 0x90;
  else if (first == 0xf4) high = 0x8f;
  for (let i = 1; i < size; i++) {
    if (i >= left) return -i;
    const byte = load<u8>(ptr + i);
    if (byte < low || byte > high) return -i;
    low = 0x80;
    high = 0xbf;
  }
  return size;
}

/** Whether the bytes are well-formed UTF-8. */
export function isUtf8(ptr: usize, length: i32): bool {
  let i = asciiPrefix(ptr, length);
  while (i < length) {
    const used = sequenceLength(ptr + i, length - i);
    if (used < 0) return false;
    i += used;
  }
  return true;
}

/** How many bytes `encodeUtf8` writes for `units` UTF-16 code units. */
export function encodedLength(source: usize, units: i32): usize {
  let length: usize = 0;
  for (let i = 0; i < units; i++) {
    const code = <u32>load<u16>(source + ((<usize>i) << 1));
    if (code < 0x80) length++;
    else if (code < 0x800) length += 2;
    else if (
      (code & 0xfc00) == 0xd800 &&
      i + 1 < units &&
      ((<u32>load<u16>(source + ((<usize>i) << 1), 2)) & 0xfc00) == 0xdc00
    ) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}

/** Writes `units` UTF-16 code units as UTF-8, at most three bytes each, and returns how many bytes these are. */
export function encodeUtf8(source: usize, units: i32, ptr: usize): usize {
  const end = source + ((<usize>units) << 1);
  let out = ptr;
  while (source < end) {
    let code = <u32>load<u16>(source);
    source += 2;
    if (code < 0x80) {
      store<u8>(out++, code);
      continue;
    }
    if ((code & 0xf800) == 0xd800) {
      const low = source < end ? <u32>load<u16>(source) : 0;
      if (code < 0xdc00 && (low & 0xfc00) == 0xdc00) {
        code = 0x10000 + (((code & 0x3ff) << 10) | (low & 0x3ff));
        source += 2;
      } else {
        // Half a pair has no UTF-8.
        code = 0xfffd;
      }
    }
    const tails = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    // 110xxxxx, 1110xxxx or 11110xxx, then 10xxxxxx each.
    store<u8>(out++, (0x7f80 >> tails) | (code >> (tails * 6)));
    for (let i = tails - 1; i >= 0; i--) store<u8>(out++, 0x80 | ((code >> (i * 6)) & 0x3f));
  }
  return out - ptr;
}
