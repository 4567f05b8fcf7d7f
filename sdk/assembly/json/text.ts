import { decodeUtf8 } from "../memory/utf8";

/** Decodes the inside of a JSON string that the scanner has accepted. */
export function decodeText(ptr: usize, length: i32): string {
  let plain = 0;
  while (plain < length && load<u8>(ptr + plain) != 0x5c) plain++;
  if (plain == length) return decodeUtf8(ptr, length);
  let text = "";
  let from = 0;
  for (let i = plain; i < length;) {
    if (load<u8>(ptr + i) != 0x5c) {
      i++;
      continue;
    }
    text += decodeUtf8(ptr + from, i - from) + String.fromCharCode(escaped(ptr + i + 1));
    i += load<u8>(ptr + i + 1) == 0x75 ? 6 : 2;
    from = i;
  }
  return text + decodeUtf8(ptr + from, length - from);
}

/** Whether the inside of a JSON string, which the scanner has accepted, means `text`. */
export function isText(ptr: usize, length: i32, text: string): bool {
  let at = 0;
  for (; at < length; at++) {
    const byte = load<u8>(ptr + at);
    if (byte == 0x5c || byte >= 0x80) return decodeText(ptr, length) == text;
    if (at >= text.length || load<u16>(changetype<usize>(text) + ((<usize>at) << 1)) != byte) return false;
  }
  return at == text.length;
}

/** The UTF-16 code unit that an escape means. */
function escaped(ptr: usize): i32 {
  const byte = load<u8>(ptr);
  if (byte == 0x62) return 0x08;
  if (byte == 0x66) return 0x0c;
  if (byte == 0x6e) return 0x0a;
  if (byte == 0x72) return 0x0d;
  if (byte == 0x74) return 0x09;
  if (byte != 0x75) return byte;
  let unit = 0;
  for (let i = 1; i <= 4; i++) {
    const digit = load<u8>(ptr + i);
    unit = (unit << 4) | (digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x57);
  }
  return unit;
}
