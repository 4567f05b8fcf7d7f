import { Status } from "../abi";
import { clearReturned, lengthSlot, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_get_status")
declare function proxy_get_status(code: usize, ptr: usize, length: usize): u32;

const code: usize = memory.data(4, 4);

/**
 * How the call ended whose callback is running: its number is left for `callStatusCode`, its message in the returned slot
 * as a pointer and a length.
 */
export function getCallStatus(): Status {
  clearReturned();
  store<u32>(code, 0);
  return <Status>proxy_get_status(code, ptrSlot(), lengthSlot());
}

/** The number that `getCallStatus` has got. */
export function callStatusCode(): u32 {
  return load<u32>(code);
}
