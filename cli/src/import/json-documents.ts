import { parseLocatedJson } from "../filter/located.js";
import { locate } from "./locate.js";

/** A JSON document in a file. */
export interface JsonDocument {
  value: unknown;
  /** `FILE:LINE:COLUMN` of the value at `path` (keys and indexes from the document's root). */
  place(path: readonly (string | number)[]): string;
}

/**
 * Reads a file of JSON documents, one behind another, as Envoy writes them; of an ordinary file that is one.
 *
 * @param file how messages name the text
 * @throws MeshwasmError FILTER_INVALID with file, line and column when something is no JSON
 */
export function readJsonDocuments(text: string, file: string): JsonDocument[] {
  return split(text).map(({ from, to }) => {
    let value: unknown;
    try {
      value = JSON.parse(text.slice(from, to));
    } catch {
      // The places are those of the whole file.
      const padded = text.slice(0, from).replaceAll(/[^\n]/g, " ") + text.slice(from, to);
      value = parseLocatedJson(padded, file).value;
    }
    return {
      value,
      place(path) {
        const before = text.slice(0, locate(text, from, path)).split("\n");
        return `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
      },
    };
  });
}

/** Where each top-level value begins and ends: a closing bracket outside of strings that nothing is open behind. */
function split(text: string): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    if (depth !== 0 || token.startsWith('"')) continue;
    found.push({ from, to: index + 1 });
    from = index + 1;
  }
  // What is left over is shown by the parser; white space is nothing.
  if (text.slice(from).trim() !== "" || found.length === 0) found.push({ from, to: text.length });
  return found;
}
