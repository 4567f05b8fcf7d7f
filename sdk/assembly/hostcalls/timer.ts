import { Status } from "../abi";

// @ts-ignore: decorator
@external("env", "proxy_set_tick_period_milliseconds")
declare function proxy_set_tick_period_milliseconds(period: u32): u32;

/** Calls the root context that is in effect every `period` milliseconds; 0 stops it. */
export function setTickPeriod(period: u32): Status {
  return <Status>proxy_set_tick_period_milliseconds(period);
}
