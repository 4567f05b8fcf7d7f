import { LogLevel, Status } from "../abi";
import { clearReturned, ptrSlot, returnedNumber } from "../memory/returned";
import { bytesOf, encode, lengthOf } from "../memory/encoded";

// @ts-ignore: decorator
@external("env", "proxy_log")
declare function proxy_log(level: u32, ptr: usize, length: u32): u32;

/** Writes one line to Envoy's log at `level`. */
export function writeLog(level: LogLevel, message: string): Status {
  const text = encode(message);
  return <Status>proxy_log(level, bytesOf(text), lengthOf(text));
}

// @ts-ignore: decorator
@external("env", "proxy_get_log_level")
declare function proxy_get_log_level(level: usize): u32;

/** The lowest level that the host keeps; `Info` when it does not say. */
export function readLogLevel(): LogLevel {
  clearReturned();
  const status = <Status>proxy_get_log_level(ptrSlot());
  return status == Status.Ok ? <LogLevel>returnedNumber() : LogLevel.Info;
}
