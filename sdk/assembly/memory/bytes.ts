/** Copies bytes that the host wrote into an array of the filter's own, which it may keep. */
export function copyBytes(ptr: usize, length: i32): Uint8Array {
  const array = new Uint8Array(length);
  memory.copy(array.dataStart, ptr, length);
  return array;
}

/** Whether two runs of bytes are the same. */
export function sameBytes(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  return aLength == bLength && memory.compare(a, b, aLength) == 0;
}
