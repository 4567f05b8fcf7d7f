import type { Diagnostic } from "./compiler.js";

/** What asc hands out: offsets in a source whose text it keeps to itself. */
interface AscDiagnostic {
  category: number;
  code: number;
  message: string;
  range: { source: { normalizedPath: string } } | null;
}

const severities = { 1: "info", 2: "warning", 3: "error" } as const;

/**
 * Reads a diagnostic of asc.
 *
 * @param printed what asc printed for it: the only place where it says line and column
 */
export function readDiagnostic(raw: unknown, printed: string): Diagnostic {
  const { category, code, message, range } = raw as AscDiagnostic;
  const severity = severities[category as keyof typeof severities] ?? "info";
  const words = `${message} (${severity === "error" ? "TS" : "AS"}${code})`;
  if (!range) return { severity, message: words };
  const place = /└─ in .*\((\d+),(\d+)\)/.exec(printed);
  return {
    severity,
    message: words,
    file: range.source.normalizedPath,
    line: Number(place?.[1] ?? 1),
    column: Number(place?.[2] ?? 1),
  };
}

/** `FILE:LINE:COLUMN: message`, as editors and CI logs link it. */
export function formatDiagnostic({ file, line, column, message }: Diagnostic): string {
  return file === undefined ? message : `${file}:${line}:${column}: ${message}`;
}
