import { MeshwasmError } from "../errors.js";
import type { Located } from "../filter/located.js";

/** Keys and indexes from the root of a schema. */
export type Path = readonly (string | number)[];

/** The JSON pointer of a path, as a URI fragment (RFC 6901, section 6). */
export function pointer(path: Path): string {
  const steps = path.map((step) =>
    encodeURIComponent(String(step).replaceAll("~", "~0").replaceAll("/", "~1")),
  );
  return ["#", ...steps].join("/");
}

/** The keys that a fragment pointer names; undefined when it is none. */
export function parsePointer(text: string): string[] | undefined {
  if (text !== "#" && !text.startsWith("#/")) return undefined;
  try {
    return text
      .split("/")
      .slice(1)
      .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
  } catch {
    return undefined;
  }
}

/** The error for a schema that no class can be made from: file, line and column, JSON pointer, words. */
export function unsupported(located: Located, path: Path, words: string): MeshwasmError {
  return new MeshwasmError("FILTER_INVALID", `${located.place(path)}: ${pointer(path)}: ${words}`, {
    hint: "assembly/config.ts cannot be made from this schema: change it, or delete that file and read the configuration with configuration.json()",
  });
}
