import { LogLevel } from "./abi";
import { readLogLevel, writeLog } from "./hostcalls/log";

/** Writes to Envoy's log; Envoy adds the filter's name and drops what is below its own level. */
export namespace log {
  /** The lowest level that Envoy keeps at the moment; `Info` when it does not say. Since Envoy 1.15 (ABI 0.2.1). */
  export function level(): LogLevel {
    return readLogLevel();
  }

  /** Whether a message at `level` is kept: ask before putting together a message that costs. */
  export function isOn(level: LogLevel): bool {
    return readLogLevel() <= level;
  }

  /** Logs at the finest level. */
  export function trace(message: string): void {
    writeLog(LogLevel.Trace, message);
  }

  /** Logs at a level that Envoy drops unless asked. */
  export function debug(message: string): void {
    writeLog(LogLevel.Debug, message);
  }

  /** Logs at the level of what is worth knowing. */
  export function info(message: string): void {
    writeLog(LogLevel.Info, message);
  }

  /** Logs at the level of what may be wrong. */
  export function warn(message: string): void {
    writeLog(LogLevel.Warn, message);
  }

  /** Logs at the level of what is wrong. */
  export function error(message: string): void {
    writeLog(LogLevel.Error, message);
  }

  /** Logs at the level of what ends the plugin. */
  export function critical(message: string): void {
    writeLog(LogLevel.Critical, message);
  }
}
