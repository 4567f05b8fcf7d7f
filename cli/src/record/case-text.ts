import { stringify } from "yaml";
import type { CaseFile } from "../cases/cases.js";

/** A file of cases as YAML, with lines of comment above. */
export function caseText(file: CaseFile, comments: readonly string[]): string {
  // A line break in a comment would end it.
  const lines = comments.map((line) => `# ${line.replaceAll(/\s+/g, " ")}\n`);
  return `${lines.join("")}${stringify(file, { lineWidth: 110, aliasDuplicateObjects: false })}`;
}

/** What a file of cases is called: the number of its exchange, then method and path in what every file system takes. */
export function caseFileName(number: number, method: string, path: string): string {
  const words = `${method}-${path.split("?")[0]}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `${String(number).padStart(4, "0")}-${words.slice(0, 60).replace(/^-+|-+$/g, "")}.yaml`;
}

/** The number in a name that `caseFileName` made; 0: it made none. */
export function caseFileNumber(name: string): number {
  return Number(/^(\d{4,9})-.*\.yaml$/.exec(name)?.[1] ?? 0);
}
