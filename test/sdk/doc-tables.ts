import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../scripts/api/read.js";

/** The rows of every table of a page of sdk/docs that has the column `column`, by the names of their columns. */
export async function tableRows(page: string, column: string): Promise<Record<string, string>[]> {
  const lines = (await readFile(join(root, "sdk", "docs", page), "utf8")).split("\n");
  const rows: Record<string, string>[] = [];
  let head: string[] | undefined;
  for (const line of lines) {
    if (!line.startsWith("|")) head = undefined;
    else if (!head) head = cells(line);
    else if (!/^[| -]+$/.test(line) && head.includes(column)) {
      const values = cells(line);
      rows.push(Object.fromEntries(head.map((name, index) => [name, values[index] ?? ""])));
    }
  }
  return rows;
}

/** What stands between backquotes. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
}

function cells(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
