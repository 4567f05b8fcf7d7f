import { Status } from "../abi";

// @ts-ignore: decorator
@external("env", "proxy_done")
declare function proxy_done(): u32;

/** Ends the root context that is in effect, which has asked for more time; `NotFound` when it has not. */
export function done(): Status {
  return <Status>proxy_done();
}
