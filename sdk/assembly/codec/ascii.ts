/// <reference path="../memory/runtime.d.ts" />

/** A string of `length` characters, to be written into by its address. */
export function emptyString(length: i32): string {
  return length > 0 ? changetype<string>(__new((<usize>length) << 1, idof<string>())) : "";
}

/** The value of a hexadecimal digit; below 0 for every other code unit. */
export function hexDigit(unit: i32): i32 {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = (unit | 0x20) - 0x61;
  return letter >= 0 && letter < 6 && unit < 0x80 ? letter + 10 : -1;
}
