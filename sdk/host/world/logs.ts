/** Envoy's levels, from the most to the least talkative. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "critical";

/** Levels by the number that the ABI uses for them. */
export const LOG_LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "critical"];

/** One line that the filter logged, or that the host logged about it (a trap). */
export interface LogEntry {
  readonly level: LogLevel;
  /** The message, decoded as UTF-8 (bytes that are not become U+FFFD). */
  readonly message: string;
  /** Context that logged: 0 the VM itself, else a root or stream context. */
  readonly contextId: number;
  /** Of an exchange's entries in a chain: the filter that logged. */
  readonly filter?: string;
}

/**
 * A list of log entries that forgets the oldest half when it holds twice `keep`, so that a long run
 * does not eat the memory.
 */
export class LogBook {
  readonly entries: LogEntry[] = [];
  private readonly threshold: number;

  constructor(
    level: LogLevel,
    private readonly keep: number,
    private readonly onLog: ((entry: LogEntry) => void) | undefined,
  ) {
    this.threshold = LOG_LEVELS.indexOf(level);
  }

  /** The lowest level that is kept, as the ABI's number. */
  get level(): number {
    return this.threshold;
  }

  /** Keeps the entry and gives it back, or drops it (undefined) when its level is below the threshold. */
  add(level: number, message: string, contextId: number): LogEntry | undefined {
    if (level < this.threshold) return undefined;
    const entry: LogEntry = { level: LOG_LEVELS[level]!, message, contextId };
    this.entries.push(entry);
    if (this.entries.length > 2 * this.keep) this.entries.splice(0, this.keep);
    this.onLog?.(entry);
    return entry;
  }
}
