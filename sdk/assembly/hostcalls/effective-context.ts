import { Status } from "../abi";

// @ts-ignore: decorator
@external("env", "proxy_set_effective_context")
declare function proxy_set_effective_context(id: u32): u32;

/** Makes `id` the context that the hostcalls after it act on, until the callback returns. */
export function setEffectiveContext(id: u32): Status {
  return <Status>proxy_set_effective_context(id);
}
