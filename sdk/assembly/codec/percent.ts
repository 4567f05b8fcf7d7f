import { decodeUtf8, encodeUtf8, isUtf8 } from "../memory/utf8";
import { emptyString, hexDigit } from "./ascii";

/** Escapes a text for one part of a URL, as JavaScript's `encodeURIComponent`; half of a surrogate pair is U+FFFD. */
export function encodeUrlComponent(text: string): string {
  return escape(text, false);
}

/**
 * What an escaped part of a URL means, as JavaScript's `decodeURIComponent`: a `+` is a plus. Null where that throws: a
 * `%` without two digits, or bytes that are no UTF-8.
 */
export function decodeUrlComponent(text: string): string | null {
  const bytes = unescape(text, false, false);
  if (!bytes || !isUtf8(bytes.dataStart, bytes.length)) return null;
  return decodeUtf8(bytes.dataStart, bytes.length);
}

/** Escapes as HTML forms do (`application/x-www-form-urlencoded`). */
export function escapeForm(text: string): string {
  return escape(text, true);
}

/** What an escaped part of a form means; nothing is refused: what is no escape stands for itself, what is no UTF-8 is U+FFFD. */
export function unescapeForm(text: string): string {
  const bytes = unescape(text, true, true);
  return bytes ? decodeUtf8(bytes.dataStart, bytes.length) : "";
}

function escape(text: string, isForm: bool): string {
  const bytes = new Uint8Array(text.length * 3);
  const length = <i32>encodeUtf8(changetype<usize>(text), text.length, bytes.dataStart);
  let units = 0;
  for (let i = 0; i < length; i++) units += staysAsItIs(unchecked(bytes[i]), isForm) ? 1 : 3;
  const out = emptyString(units);
  let at = changetype<usize>(out);
  for (let i = 0; i < length; i++) {
    const byte = unchecked(bytes[i]);
    if (staysAsItIs(byte, isForm)) {
      store<u16>(at, isForm && byte == 0x20 ? 0x2b : byte);
      at += 2;
      continue;
    }
    store<u16>(at, 0x25);
    store<u16>(at, digit(byte >> 4), 2);
    store<u16>(at, digit(byte & 15), 4);
    at += 6;
  }
  return out;
}

/** Letters, digits, `-_.*`; for a form a space too, which becomes a plus, and otherwise `!~'()`. */
function staysAsItIs(byte: u8, isForm: bool): bool {
  const letter = (byte | 0x20) - 0x61;
  if (letter < 26 && byte < 0x80) return true;
  if (byte >= 0x30 && byte <= 0x39) return true;
  if (byte == 0x2d || byte == 0x5f || byte == 0x2e || byte == 0x2a) return true;
  if (isForm) return byte == 0x20;
  return byte == 0x21 || byte == 0x7e || (byte >= 0x27 && byte <= 0x29);
}

function digit(value: u8): u16 {
  return <u16>value + (value < 10 ? 0x30 : 0x37);
}

/** The bytes that a text means; null for a `%` without two digits, unless it is `lenient`. */
function unescape(text: string, plusIsSpace: bool, lenient: bool): Uint8Array | null {
  const bytes = new Uint8Array(text.length * 3);
  let at = bytes.dataStart;
  for (let i = 0; i < text.length;) {
    const unit = text.charCodeAt(i);
    if (unit == 0x25) {
      const high = i + 2 < text.length ? hexDigit(text.charCodeAt(i + 1)) : -1;
      const low = i + 2 < text.length ? hexDigit(text.charCodeAt(i + 2)) : -1;
      if (high >= 0 && low >= 0) {
        store<u8>(at++, (high << 4) | low);
        i += 3;
        continue;
      }
      if (!lenient) return null;
    }
    if (unit == 0x2b && plusIsSpace) {
      store<u8>(at++, 0x20);
      i++;
      continue;
    }
    const isPair =
      (unit & 0xfc00) == 0xd800 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) == 0xdc00;
    const units = isPair ? 2 : 1;
    at += encodeUtf8(changetype<usize>(text) + ((<usize>i) << 1), units, at);
    i += units;
  }
  return bytes.subarray(0, <i32>(at - bytes.dataStart));
}
