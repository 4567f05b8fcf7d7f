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

/** Where the host has written; 0 where it names memory that is not there, since reading it would trap. */
// @ts-ignore: decorator
@inline
export function returnedPtr(): usize {
  return isInMemory() ? <usize>load<u32>(slot) : 0;
}

/** How many bytes it has written there; 0 where there is no such memory. */
// @ts-ignore: decorator
@inline
export function returnedLength(): u32 {
  return isInMemory() ? load<u32>(slot, 4) : 0;
}

/** A number that the host has written in the first of the two places. */
// @ts-ignore: decorator
@inline
export function returnedNumber(): u32 {
  return load<u32>(slot);
}

// @ts-ignore: decorator
@inline
function isInMemory(): bool {
  return <u64>load<u32>(slot) + load<u32>(slot, 4) <= (<u64>memory.size()) << 16;
}
