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
