import { LogLevel } from "./abi";
import { writeLog } from "./hostcalls/log";

/** Writes to Envoy's log; Envoy adds the filter's name and drops what is below its own level. */
export namespace log {
  export function trace(message: string): void {
    writeLog(LogLevel.Trace, message);
  }
  export function debug(message: string): void {
    writeLog(LogLevel.Debug, message);
  }
  export function info(message: string): void {
    writeLog(LogLevel.Info, message);
  }
  export function warn(message: string): void {
    writeLog(LogLevel.Warn, message);
  }
  export function error(message: string): void {
    writeLog(LogLevel.Error, message);
  }
  export function critical(message: string): void {
    writeLog(LogLevel.Critical, message);
  }
}
