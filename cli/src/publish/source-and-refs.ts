import { stat } from "node:fs/promises";
import { parseReference } from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";

/** What is pushed: a filter's folder, or a module alone. */
export interface Source {
  kind: "folder" | "module";
  path: string;
}

/**
 * Tells the source, which may be left out, from the references behind it. A first word that is a path on disk is the
 * source; `./` in front makes a path of a word that could be both.
 *
 * @throws MeshwasmError REFERENCE_INVALID, USAGE, FILE_NOT_FOUND
 */
export async function splitSource(words: readonly string[]): Promise<{ source: Source; refs: string[] }> {
  const [first = "", ...rest] = words;
  const kind = await kindOf(first);
  if (kind === undefined && looksLikePath(first)) {
    throw new MeshwasmError("FILE_NOT_FOUND", `there is no file or folder ${first}`);
  }
  const refs = kind === undefined ? [...words] : rest;
  for (const ref of refs) parseReference(ref);
  if (refs.length === 0) {
    throw new MeshwasmError("USAGE", `where to push ${first}? no reference was given`, {
      hint: `for example: meshwasm push ${first} registry.example.com/filters/hello:1.0.0`,
    });
  }
  return { source: kind === undefined ? { kind: "folder", path: "." } : { kind, path: first }, refs };
}

/** Whether a path is a folder or a file; undefined: there is nothing. */
export async function kindOf(path: string): Promise<Source["kind"] | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "module";
  } catch {
    return undefined;
  }
}

/** Whether a word can only have been meant as a path. */
export function looksLikePath(word: string): boolean {
  return /^\.{0,2}\//.test(word) || word === "." || word === ".." || word.endsWith(".wasm");
}
