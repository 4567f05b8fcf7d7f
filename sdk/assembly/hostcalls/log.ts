import { LogLevel, Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";

// @ts-ignore: decorator
@external("env", "proxy_log")
declare function proxy_log(level: u32, ptr: usize, length: u32): u32;

/** Writes one line to Envoy's log at `level`. */
export function writeLog(level: LogLevel, message: string): Status {
  const text = encode(message);
  return <Status>proxy_log(level, bytesOf(text), lengthOf(text));
}
