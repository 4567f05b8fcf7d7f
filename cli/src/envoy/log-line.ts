/** The levels that a filter logs at, as the SDK and the in-process host name them. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "critical";

/** One entry of Envoy's log; it may span several lines. */
export interface EnvoyLogLine {
  level: LogLevel;
  /** Envoy's component, for example `wasm` or `config`; empty for what Envoy prints outside its log. */
  logger: string;
  message: string;
  /** What the filter itself logged, without Envoy's prefix; absent: Envoy's own words. */
  filterMessage?: string;
}

/** One message that the filter logged. */
export interface FilterLogLine {
  level: LogLevel;
  message: string;
}

/**
 * Reads one line of the log that `bootstrap` asks for. A line that is no such JSON (a crash's backtrace, a message before
 * the bootstrap was read) comes back as an `error` as it is.
 */
export function parseLogLine(line: string, pluginName: string, rootId: string): EnvoyLogLine {
  let parsed: Partial<EnvoyLogLine>;
  try {
    parsed = JSON.parse(line);
    if (typeof parsed.message !== "string" || typeof parsed.level !== "string")
      throw new Error("not a log line");
  } catch {
    return { level: "error", logger: "", message: line };
  }
  const { logger = "", message } = parsed as EnvoyLogLine;
  // Envoy's only word that is not ours.
  const level = (parsed.level as string) === "warning" ? "warn" : (parsed.level as LogLevel);
  const entry: EnvoyLogLine = { level, logger, message };
  if (logger === "wasm") {
    // Envoy writes "wasm log <plugin> <root id>: ", and leaves the plugin out for root contexts.
    for (const who of [`${pluginName} ${rootId}`, rootId, pluginName, ""]) {
      const prefix = who ? `wasm log ${who.trim()}: ` : "wasm log: ";
      if (message.startsWith(prefix)) {
        entry.filterMessage = message.slice(prefix.length);
        break;
      }
    }
  }
  return entry;
}

/** The last entries of a log; older ones are forgotten. */
export class LogRing {
  readonly #capacity: number;
  #entries: EnvoyLogLine[] = [];
  #total = 0;

  /** @param capacity how many entries are kept; 0 keeps none */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many entries there have ever been; a mark for `since`. */
  get total(): number {
    return this.#total;
  }

  push(entry: EnvoyLogLine): void {
    this.#total++;
    this.#entries.push(entry);
    if (this.#entries.length > this.#capacity) this.#entries.shift();
  }

  /** The entries kept, oldest first. */
  all(): EnvoyLogLine[] {
    return [...this.#entries];
  }

  /** The entries kept out of those that came after `total` was `mark`. */
  since(mark: number): EnvoyLogLine[] {
    const fresh = this.#total - mark;
    return fresh <= 0 ? [] : this.#entries.slice(-fresh);
  }
}
