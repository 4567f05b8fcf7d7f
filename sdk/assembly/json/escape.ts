import { encodeUtf8 } from "../memory/utf8";
import { Output } from "./output";

/** How many code units are written at a time: each becomes six bytes at most. */
const RUN: i32 = 512;

/**
 * Writes a string in its quotes, as `JSON.stringify` does: the short escapes, `\u00xx` for other control characters, and
 * `\udxxx` for half of a surrogate pair, which has no UTF-8.
 */
export function writeString(out: Output, text: string): void {
  out.byte(0x22);
  let source = changetype<usize>(text);
  const end = source + ((<usize>text.length) << 1);
  while (source < end) {
    const from = out.room((RUN + 1) * 6);
    if (!from) return;
    let at = from;
    const stop = min(source + RUN * 2, end);
    // A pair stays together: the run may be a unit longer.
    while (source < stop) {
      const unit = load<u16>(source);
      if (unit >= 0x20 && unit < 0x80 && unit != 0x22 && unit != 0x5c) {
        store<u8>(at++, unit);
      } else if (unit >= 0x80 && (unit & 0xf800) != 0xd800) {
        at += encodeUtf8(source, 1, at);
      } else if ((unit & 0xfc00) == 0xd800 && source + 2 < end && (load<u16>(source, 2) & 0xfc00) == 0xdc00) {
        at += encodeUtf8(source, 2, at);
        source += 2;
      } else {
        at = writeEscape(at, unit);
      }
      source += 2;
    }
    out.advance(<i32>(at - from));
  }
  out.byte(0x22);
}

/** The short escapes of U+0008 to U+000D: b t n – f r. */
const SHORT: u64 = 0x72_66_00_6e_74_62;

function writeEscape(at: usize, unit: u16): usize {
  store<u8>(at, 0x5c);
  let letter = <u8>unit;
  if (unit != 0x22 && unit != 0x5c) {
    letter = unit >= 0x08 && unit <= 0x0d ? <u8>(SHORT >> ((<u64>unit - 8) * 8)) : 0;
  }
  if (letter) {
    store<u8>(at, letter, 1);
    return at + 2;
  }
  store<u8>(at, 0x75, 1);
  for (let i = 0; i < 4; i++) {
    const digit = ((<u32>unit) >> (12 - i * 4)) & 15;
    store<u8>(at + i, digit + (digit < 10 ? 0x30 : 0x57), 2);
  }
  return at + 6;
}
