import { Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { clearReturned, lengthSlot, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_call_foreign_function")
declare function proxy_call_foreign_function(
  name: usize,
  nameLength: u32,
  argument: usize,
  argumentLength: u32,
  ptr: usize,
  length: usize,
): u32;

/** Calls a function of the proxy by name; its answer is left in the returned slot as a pointer and a length. */
export function foreignFunction(name: string, argument: usize, length: u32): Status {
  const text = encode(name);
  clearReturned();
  return <Status>(
    proxy_call_foreign_function(bytesOf(text), lengthOf(text), argument, length, ptrSlot(), lengthSlot())
  );
}
