import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** An import in one of our files. */
export interface Import {
  /** The importing file, from the checkout's folder. */
  file: string;
  /** From 1. */
  line: number;
  /** As it is written. */
  specifier: string;
}

const sourceFile = /\.(?:ts|mjs|js)$/;
const leftOut =
  /(?:^|\/)(?:node_modules|dist|coverage|templates|testdata|\.git)(?:\/|$)|^build\/|^(?:examples|plugins|test\/e2e\/filters)\/[^/]+\/build\//;
const importing =
  /(?:^|[\s;])(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g;

/** Every import of every source file. */
export async function allImports(): Promise<Import[]> {
  const names = await readdir(root, { recursive: true });
  const files = names.filter((name) => sourceFile.test(name) && !leftOut.test(name));
  const found = await Promise.all(files.map(importsOf));
  return found.flat();
}

async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(join(root, file), "utf8");
  return [...text.matchAll(importing)].map((match) => ({
    file,
    line: text.slice(0, match.index).split("\n").length,
    specifier: match[1] ?? match[2] ?? "",
  }));
}
