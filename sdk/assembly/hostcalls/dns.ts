import { Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { clearReturned, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "envoy_resolve_dns")
declare function envoy_resolve_dns(name: usize, length: u32, token: usize): u32;

/** Asks for the addresses of a name; the question's number is left in the returned slot. Envoy's own, not of the ABI. */
export function resolveDns(name: string): Status {
  const text = encode(name);
  clearReturned();
  return <Status>envoy_resolve_dns(bytesOf(text), lengthOf(text), ptrSlot());
}
