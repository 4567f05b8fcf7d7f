/** A number's digits. (The standard library's `toString` brings every radix along: 1 kB.) */
export function decimal(value: u32): string {
  let digits = "";
  do {
    digits = String.fromCharCode(0x30 + (value % 10)) + digits;
    value /= 10;
  } while (value);
  return digits;
}
