import { isNode, LineCounter, parseDocument } from "yaml";
import { MeshwasmError } from "../errors.js";

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
    value: document.toJS({ maxAliasCount: 100 }),
    place(path) {
      for (let length = path.length; length >= 0; length--) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return at(node.range[0]);
      }
      return `${file}:1:1`;
    },
  };
}
