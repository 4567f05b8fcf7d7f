import { Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { clearReturned, lengthSlot, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_get_property")
declare function proxy_get_property(path: usize, pathLength: u32, ptr: usize, length: usize): u32;

/** The property at `path`, its parts joined by "\0", left in the returned slot as a pointer and a length. */
export function getProperty(path: string): Status {
  const text = encode(path);
  clearReturned();
  return <Status>proxy_get_property(bytesOf(text), lengthOf(text), ptrSlot(), lengthSlot());
}

// @ts-ignore: decorator
@external("env", "proxy_set_property")
declare function proxy_set_property(path: usize, pathLength: u32, value: usize, length: u32): u32;

/** Writes a property of the stream; others of the stream find it at `wasm.<path>` of its filter state. */
export function setProperty(path: string, value: usize, length: u32): Status {
  const text = encode(path);
  return <Status>proxy_set_property(bytesOf(text), lengthOf(text), value, length);
}
