import type { StatementTable } from "./instrument.js";

/** A statement of the author's. */
interface Statement {
  file: string;
  /** From 1. */
  line: number;
  hits: number;
}

/** A line that a statement begins on. */
export interface CoveredLine {
  line: number;
  /** Of the statement that ran most often. */
  hits: number;
}

/** The coverage of one file. */
export interface FileCoverage {
  /** From the filter's folder. */
  file: string;
  /** In order. */
  lines: CoveredLine[];
  statements: { total: number; covered: number };
}

/** The statements of a filter in all of its builds, and how often each ran. */
export class Coverage implements StatementTable {
  readonly #statements: Statement[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(file: string, text: string, start: number): number {
    const key = `${file}:${start}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const line = text.slice(0, start).split("\n").length;
    const number = this.#statements.push({ file, line, hits: 0 }) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#statements.length;
  }

  /** Counts a statement that ran. */
  readonly hit = (number: number): void => this.add(number, 1);

  /** Counts a statement that ran several times; a number that is none is passed over. */
  add(number: number, times: number): void {
    const statement = this.#statements[number];
    if (statement) statement.hits += times;
  }

  /** By file, in alphabetical order. */
  files(): FileCoverage[] {
    const names = [...new Set(this.#statements.map(({ file }) => file))].sort();
    return names.map((file) => {
      const own = this.#statements.filter((statement) => statement.file === file);
      const lines = new Map<number, number>();
      for (const { line, hits } of own) lines.set(line, Math.max(lines.get(line) ?? 0, hits));
      return {
        file,
        lines: [...lines].map(([line, hits]) => ({ line, hits })).sort((a, b) => a.line - b.line),
        statements: { total: own.length, covered: own.filter(({ hits }) => hits > 0).length },
      };
    });
  }
}
