import { Output } from "./output";

/** Writes an integer. */
export function writeInteger(out: Output, value: i64): void {
  if (value < 0) out.byte(0x2d);
  writeNatural(out, value < 0 ? 0 - <u64>value : <u64>value);
}

/** Writes an integer that is not negative. */
export function writeNatural(out: Output, value: u64): void {
  let digits = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits++;
  const at = out.room(digits);
  if (!at) return;
  for (let i = digits - 1; i >= 0; i--) {
    store<u8>(at + i, <u8>(value % 10) + 0x30);
    value /= 10;
  }
  out.advance(digits);
}

/**
 * Writes a double so that reading it gives the same one, to the bit, minus zero too. Most often these are the fewest
 * digits that do, as JavaScript writes them.
 *
 * @returns false, and nothing written, for one that JSON cannot have: NaN and the infinities
 */
export function writeDouble(out: Output, value: f64): bool {
  if (!isFinite(value)) return false;
  if (Math.abs(value) < 9007199254740992 && value == Math.trunc(value)) {
    // Minus zero is below nothing.
    if (reinterpret<i64>(value) < 0 && value == 0) out.byte(0x2d);
    writeInteger(out, <i64>value);
    return true;
  }
  out.ascii(value.toString());
  return true;
}
