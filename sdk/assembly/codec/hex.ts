import { emptyString, hexDigit } from "./ascii";

/** Bytes in hexadecimal, two lower-case digits each (RFC 4648, section 8). */
export function encodeHex(bytes: Uint8Array): string {
  const text = emptyString(bytes.length * 2);
  let at = changetype<usize>(text);
  for (let i = 0; i < bytes.length; i++, at += 4) {
    const byte = unchecked(bytes[i]);
    store<u16>(at, digit(byte >> 4));
    store<u16>(at, digit(byte & 15), 2);
  }
  return text;
}

/** The bytes of a hexadecimal text in either case; null when it is none. */
export function decodeHex(text: string): Uint8Array | null {
  if (text.length & 1) return null;
  const bytes = new Uint8Array(text.length >> 1);
  for (let i = 0; i < bytes.length; i++) {
    const high = hexDigit(text.charCodeAt(i * 2));
    const low = hexDigit(text.charCodeAt(i * 2 + 1));
    if (high < 0 || low < 0) return null;
    unchecked((bytes[i] = <u8>((high << 4) | low)));
  }
  return bytes;
}

function digit(value: u8): u16 {
  return <u16>value + (value < 10 ? 0x30 : 0x57);
}
