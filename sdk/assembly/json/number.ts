import { Natural } from "./natural";

/** Digits behind these cannot move a number across the middle of two doubles, except by being there at all. */
const MAX_DIGITS: i32 = 770;
/** Beyond any exponent that digits could make up for in a text of 16 MiB. */
const MAX_EXPONENT: i32 = 100000000;

/**
 * The double nearest to a JSON number that the scanner has accepted, to the bit what `JSON.parse` gives. (The standard
 * library's `parseFloat` is off by one bit now and then, and by powers of ten for more than 19 digits.)
 */
export function parseNumber(ptr: usize, length: i32): f64 {
  const end = ptr + length;
  const negative = load<u8>(ptr) == 0x2d;
  const digits = new Digits();
  const at = digits.read(negative ? ptr + 1 : ptr, end);
  if (at < end) digits.exponent += readExponent(at + 1, end);
  const value = digits.toDouble();
  return negative ? -value : value;
}

function readExponent(ptr: usize, end: usize): i32 {
  const sign = load<u8>(ptr);
  let exponent = 0;
  for (let at = sign == 0x2b || sign == 0x2d ? ptr + 1 : ptr; at < end; at++) {
    exponent = min(exponent * 10 + load<u8>(at) - 0x30, MAX_EXPONENT);
  }
  return sign == 0x2d ? -exponent : exponent;
}

/** The number 0.d₁d₂d₃… × 10^exponent, its first digit not 0; without digits it is 0. */
class Digits {
  exponent: i32 = 0;
  private natural: Natural = new Natural();
  private count: i32 = 0;
  /** The digits as an integer, where they fit. */
  private small: u64 = 0;

  /** Reads digits and a point, and returns where they end. */
  read(at: usize, end: usize): usize {
    let pointed = false;
    let dropped = false;
    for (; at < end; at++) {
      const byte = load<u8>(at);
      if (byte == 0x2e) {
        pointed = true;
        continue;
      }
      if ((byte | 0x20) == 0x65) break;
      if (this.count || byte != 0x30) {
        if (this.count < MAX_DIGITS) this.push(byte - 0x30);
        else if (byte != 0x30) dropped = true;
        if (!pointed) this.exponent++;
      } else if (pointed) {
        this.exponent--;
      }
    }
    if (dropped) this.push(1);
    return at;
  }

  toDouble(): f64 {
    if (!this.count || this.exponent < -330) return 0;
    if (this.exponent > 310) return Infinity;
    // Of the digits as an integer.
    const exponent = this.exponent - this.count;
    // Both factors are exact, so that the one operation rounds rightly.
    if (this.count <= 15 && abs(exponent) <= 22) {
      let power: f64 = 1;
      for (let i = abs(exponent); i > 0; i--) power *= 10;
      return exponent < 0 ? <f64>this.small / power : <f64>this.small * power;
    }
    const denominator = new Natural();
    denominator.multiplyAdd(0, 1);
    if (exponent < 0) denominator.scale(-exponent);
    else this.natural.scale(exponent);
    return divide(this.natural, denominator);
  }

  private push(digit: u32): void {
    this.natural.multiplyAdd(10, digit);
    this.small = this.small * 10 + digit;
    this.count++;
  }
}

/** The double nearest to a fraction; of two as near, the even one. Changes both numbers. */
function divide(numerator: Natural, denominator: Natural): f64 {
  // Bring the fraction between 1/2 and 2.
  let exponent = numerator.bits - denominator.bits;
  if (exponent < 0) numerator.shift(-exponent);
  else denominator.shift(exponent);
  let quotient: u64 = 0;
  while (!(quotient >> 63)) {
    const bit = numerator.subtract(denominator);
    if (quotient || bit) quotient = (quotient << 1) | u64(bit);
    else exponent--;
    numerator.shift(1);
  }
  if (exponent > 1023) return Infinity;
  // Subnormal numbers have fewer bits; below them there is nothing but the rounding to the smallest, or to 0.
  const drop = 11 + max(-1022 - exponent, 0);
  if (drop > 64) return 0;
  const half: u64 = 1 << (<u64>drop - 1);
  const rest = drop == 64 ? quotient : quotient & (half * 2 - 1);
  let mantissa: u64 = drop == 64 ? 0 : quotient >> drop;
  if (rest > half || (rest == half && (!numerator.isZero || mantissa & 1))) mantissa++;
  // The mantissa's highest bit adds one to the exponent's field, and so does a carry, up to infinity.
  return reinterpret<f64>(((<u64>max(exponent + 1022, 0)) << 52) + mantissa);
}
