import { Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { clearReturned, lengthSlot, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
declare function proxy_get_shared_data(
  key: usize,
  keyLength: u32,
  ptr: usize,
  length: usize,
  cas: usize,
): u32;

/** The value of `key`, left in the returned slot as a pointer and a length, and its version at `cas`. */
export function getSharedData(key: string, cas: usize): Status {
  const text = encode(key);
  clearReturned();
  return <Status>proxy_get_shared_data(bytesOf(text), lengthOf(text), ptrSlot(), lengthSlot(), cas);
}

// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
declare function proxy_set_shared_data(key: usize, keyLength: u32, value: usize, length: u32, cas: u32): u32;

/** Writes the value of `key` if its version is still `cas`; 0: whatever it is. */
export function setSharedData(key: string, value: usize, length: u32, cas: u32): Status {
  const text = encode(key);
  return <Status>proxy_set_shared_data(bytesOf(text), lengthOf(text), value, length, cas);
}
