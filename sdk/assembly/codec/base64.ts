import { emptyString } from "./ascii";

/** Bytes in base64 with padding (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  return encode(bytes, 0x2b, 0x2f, true);
}

/** Bytes in base64url without padding (RFC 4648, section 5), as JWT has it. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encode(bytes, 0x2d, 0x5f, false);
}

/**
 * The bytes of a base64 text; null when it is none. Strict: padded, no white space, no bits left over that are not zero,
 * so that no two texts mean the same bytes.
 */
export function decodeBase64(text: string): Uint8Array | null {
  let length = text.length;
  if (length & 3) return null;
  if (length > 0 && text.charCodeAt(length - 1) == 0x3d) length--;
  if (length & 3 && text.charCodeAt(length - 1) == 0x3d) length--;
  return decode(text, length, 0x2b, 0x2f);
}

/** The bytes of a base64url text without padding; null when it is none. As strict as `decodeBase64`. */
export function decodeBase64Url(text: string): Uint8Array | null {
  return decode(text, text.length, 0x2d, 0x5f);
}

function encode(bytes: Uint8Array, sign62: u16, sign63: u16, padded: bool): string {
  const rest = bytes.length % 3;
  const signs = (bytes.length / 3) * 4 + (rest ? (padded ? 4 : rest + 1) : 0);
  const text = emptyString(signs);
  let at = changetype<usize>(text);
  const end = at + ((<usize>signs) << 1);
  for (let i = 0; i < bytes.length; i += 3) {
    let bits = (<u32>unchecked(bytes[i])) << 16;
    if (i + 1 < bytes.length) bits |= (<u32>unchecked(bytes[i + 1])) << 8;
    if (i + 2 < bytes.length) bits |= unchecked(bytes[i + 2]);
    for (let place = 0; place < 4 && at < end; place++, at += 2) {
      const isPadding = i + place > bytes.length;
      store<u16>(at, isPadding ? 0x3d : sign((bits >> (18 - place * 6)) & 63, sign62, sign63));
    }
  }
  return text;
}

function sign(value: u32, sign62: u16, sign63: u16): u16 {
  if (value < 26) return <u16>(value + 0x41);
  if (value < 52) return <u16>(value + 0x47);
  if (value < 62) return <u16>(value - 4);
  return value == 62 ? sign62 : sign63;
}

function decode(text: string, length: i32, sign62: i32, sign63: i32): Uint8Array | null {
  const rest = length & 3;
  if (rest == 1) return null;
  const bytes = new Uint8Array((length >> 2) * 3 + (rest ? rest - 1 : 0));
  let bits: u32 = 0;
  let count = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const value = valueOf(text.charCodeAt(i), sign62, sign63);
    if (value < 0) return null;
    bits = (bits << 6) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    unchecked((bytes[at++] = <u8>(bits >> count)));
  }
  return bits & ((1 << count) - 1) ? null : bytes;
}

function valueOf(unit: i32, sign62: i32, sign63: i32): i32 {
  if (unit >= 0x41 && unit <= 0x5a) return unit - 0x41;
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x47;
  if (unit >= 0x30 && unit <= 0x39) return unit + 4;
  return unit == sign62 ? 62 : unit == sign63 ? 63 : -1;
}
