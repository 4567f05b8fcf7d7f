import { relative, resolve } from "node:path";
import type { FileCoverage } from "./coverage.js";

/** So many of so many. */
export interface Share {
  total: number;
  covered: number;
  /** With one decimal, rounded down, so that 100 means all; 100 when there is nothing. */
  percent: number;
}

/** What `meshwasm test --coverage --json` prints as `coverage`. */
export interface CoverageSummary {
  /** Lines that a statement begins on. */
  lines: Share;
  statements: Share;
  files: { file: string; lines: Share; statements: Share /** `3, 7-9`; empty: none. */; uncovered: string }[];
}

export function summarize(files: readonly FileCoverage[]): CoverageSummary {
  const each = files.map((file) => ({
    file: file.file,
    lines: share(file.lines.length, file.lines.filter(({ hits }) => hits > 0).length),
    statements: share(file.statements.total, file.statements.covered),
    uncovered: uncoveredLines(file),
  }));
  const sum = (key: "lines" | "statements") => {
    const all = each.map((file) => file[key]);
    const total = all.reduce((sum, of) => sum + of.total, 0);
    const covered = all.reduce((sum, of) => sum + of.covered, 0);
    return share(total, covered);
  };
  return { lines: sum("lines"), statements: sum("statements"), files: each };
}

function share(total: number, covered: number): Share {
  return { total, covered, percent: total === 0 ? 100 : Math.floor((1000 * covered) / total) / 10 };
}

/** Lines between two that did not run, and that no statement begins on, belong to them. */
function uncoveredLines({ lines }: FileCoverage): string {
  const ranges: [number, number][] = [];
  let before = true;
  for (const { line, hits } of lines) {
    if (hits === 0) {
      const last = ranges.at(-1);
      if (!before && last) last[1] = line;
      else ranges.push([line, line]);
    }
    before = hits > 0;
  }
  return ranges.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(", ");
}

/** The summary as lines of text: one for each file, and one for all of them. */
export function coverageText({ files, lines, statements }: CoverageSummary): string[] {
  const rows = [
    ["coverage", "lines", "statements", "not covered"],
    ...files.map((file) => [file.file, percent(file.lines), percent(file.statements), file.uncovered]),
    ...(files.length === 1 ? [] : [["all files", percent(lines), percent(statements), ""]]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map(([name = "", ofLines = "", ofStatements = "", uncovered = ""]) =>
    [
      name.padEnd(widths[0] ?? 0),
      ofLines.padStart(widths[1] ?? 0),
      ofStatements.padStart(widths[2] ?? 0),
      uncovered,
    ]
      .join("  ")
      .trimEnd(),
  );
}

const percent = ({ percent }: Share) => `${percent.toFixed(1)} %`;

/**
 * A tracefile as `lcov` writes and CI services read it, with paths from the current folder.
 * https://manpages.debian.org/stable/lcov/geninfo.1.en.html#TRACEFILE_FORMAT
 *
 * @param dir the filter's folder
 */
export function lcovReport(dir: string, files: readonly FileCoverage[]): string {
  return files
    .map(({ file, lines }) => {
      const data = lines.map(({ line, hits }) => `DA:${line},${hits}\n`).join("");
      const covered = lines.filter(({ hits }) => hits > 0).length;
      return `TN:\nSF:${relative(".", resolve(dir, file))}\n${data}LF:${lines.length}\nLH:${covered}\nend_of_record\n`;
    })
    .join("");
}
