import type { EnvoyLogLine } from "./log-line.js";

const missingImport = /missing import: (\S+)/;
const vmFailed = /^Wasm VM failed /;
const consequences = [/failed to load$/, /^Filesystem config update rejected: Unable to create Wasm plugin/];

/**
 * Why Envoy refused the filter, in its own words as far as they say something, out of the entries that it logged since:
 * for example `missing import: env.abort`, or what the filter logged before it refused its configuration.
 */
export function failureReason(entries: readonly EnvoyLogLine[]): string {
  const own = entries.filter((entry) => entry.filterMessage === undefined && isBad(entry));
  for (const entry of own) {
    const name = missingImport.exec(entry.message)?.[1];
    if (name) return `missing import: ${name}`;
  }
  const causes = own.filter((entry) => !consequences.some((pattern) => pattern.test(entry.message)));
  const first = (causes[0] ?? own[0])?.message.replace(vmFailed, "").split("\n")[0];
  if (!first) return "Envoy gave no reason in its log";
  const said = entries.filter((entry) => entry.filterMessage !== undefined && isBad(entry)).at(-1);
  return said?.filterMessage ? `${first}; the filter logged: ${said.filterMessage}` : first;
}

function isBad(entry: EnvoyLogLine): boolean {
  if (entry.logger === "config") return entry.level === "warn" || entry.level === "error";
  return (
    entry.level === "error" ||
    entry.level === "critical" ||
    (entry.filterMessage !== undefined && entry.level === "warn")
  );
}
