import { Status } from "../abi";
import { clearReturned, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_get_current_time_nanoseconds")
declare function proxy_get_current_time_nanoseconds(time: usize): u32;

/** The wall clock in nanoseconds since 1970; 0 when the host has none. */
export function currentTimeNanoseconds(): u64 {
  clearReturned();
  const status = <Status>proxy_get_current_time_nanoseconds(ptrSlot());
  return status == Status.Ok ? load<u64>(ptrSlot()) : 0;
}
