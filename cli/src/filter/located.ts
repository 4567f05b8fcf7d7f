import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { MeshwasmError } from "../errors.js";
import { jsonFault } from "./json-fault.js";

/** A YAML or JSON text that remembers where each value stands. */
export interface Located {
  value: unknown;
  /** `FILE:LINE:COLUMN` of the value at `path` (keys and indexes from the root), or of the nearest one around it. */
  place(path: readonly (string | number)[]): string;
}

/**
 * Parses YAML, of which JSON is a part, with places for messages.
 *
 * @param file how messages name the text
 * @throws MeshwasmError FILTER_INVALID with file, line and column when it does not parse
 */
export function parseLocated(text: string, file: string): Located {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const error = document.errors[0];
  if (error) throw new MeshwasmError("FILTER_INVALID", `${at(error.pos[0])}: ${error.message}`);
  return {
    value: plainValue(document, file),
    place(path) {
      for (let length = path.length; length >= 0; length--) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return at(node.range[0]);
      }
      return `${file}:1:1`;
    },
  };
}

/**
 * Parses JSON, with places for messages.
 *
 * @throws MeshwasmError FILTER_INVALID with file, line and column when it is no JSON
 */
export function parseLocatedJson(text: string, file: string): Located {
  const fault = jsonFault(text);
  if (!fault) return parseLocated(text, file);
  const before = text.slice(0, fault.position).split("\n");
  const place = `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  throw new MeshwasmError("FILTER_INVALID", `${place}: not JSON: ${fault.words}`);
}

/** Aliases are resolved only here: one that names nothing, or too many of them, is an error without a place. */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new MeshwasmError("FILTER_INVALID", `${file}:1:1: ${(cause as Error).message}`, { cause });
  }
}
