// Where hostcalls put a pointer and a length, or a number, for us to read. One place is enough: nothing here is
// kept across two hostcalls.

const slot: usize = memory.data(16, 16);

// @ts-ignore: decorator
@inline
export function ptrSlot(): usize {
  return slot;
}

// @ts-ignore: decorator
@inline
export function lengthSlot(): usize {
  return slot + 4;
}

/** Clears both, so that a host that writes nothing is read as an empty answer. */
// @ts-ignore: decorator
@inline
export function clearReturned(): void {
  store<u64>(slot, 0);
}

// @ts-ignore: decorator
@inline
export function returnedPtr(): usize {
  return load<u32>(slot);
}

// @ts-ignore: decorator
@inline
export function returnedLength(): u32 {
  return load<u32>(slot, 4);
}
