import type { FilterLogLine, LogLevel } from "../envoy/log-line.js";
import type { Output } from "../output.js";

const loud: ReadonlySet<LogLevel> = new Set(["warn", "error", "critical"]);

/** Prints what a filter logs to stderr, its level first; with `--quiet` only warnings and worse. */
export function logPrinter(output: Output): (line: FilterLogLine) => void {
  const { red, yellow, dim } = output.paint;
  return ({ level, message }) => {
    if (output.quiet && !loud.has(level)) return;
    const paint = level === "warn" ? yellow : loud.has(level) ? red : dim;
    process.stderr.write(`${paint(`[${level}]`)} ${message}\n`);
  };
}
