import { LogLevel } from "./abi";
import { decimal } from "./decimal";
import { writeLog } from "./hostcalls/log";

/**
 * What asc calls for a failed assertion, an index out of bounds or a `throw`: one line in Envoy's log that names the
 * place, then a trap. Envoy has no `env.abort`, so a module that imports it would not load.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  writeLog(
    LogLevel.Critical,
    "abort: " +
      (message ? message : "") +
      " at " +
      (file ? file : "unknown") +
      ":" +
      decimal(line) +
      ":" +
      decimal(column),
  );
  unreachable();
}
