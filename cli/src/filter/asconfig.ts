import { access } from "node:fs/promises";
import { join } from "node:path";
import { MeshwasmError } from "../errors.js";
import { parseLocatedJson } from "./located.js";
import { readOptional } from "./read-optional.js";
import { validateLocated } from "./validate.js";

const sdkConfig = "@meshwasm/sdk/asconfig.json";
const hint = `write "extends": "${sdkConfig}" in it`;

/** What a filter's asconfig.json must have; asc passes over the rest in silence. */
const schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["extends", "entries"],
  properties: {
    extends: { type: "string" },
    entries: { type: "array", minItems: 1, items: { type: "string" } },
    options: { type: "object" },
    targets: { type: "object" },
  },
} as const;

/** A filter's asconfig.json, checked as far as it can be before asc runs. */
export interface Asconfig {
  /** The error for a build that shows that `extends` does not lead to the SDK's. */
  notTheSdks(): MeshwasmError;
}

/**
 * Reads and checks a filter's asconfig.json, of whose faults asc says neither file nor line.
 *
 * @throws MeshwasmError FILE_NOT_FOUND, or FILTER_INVALID with file, line and column
 */
export async function loadAsconfig(dir: string): Promise<Asconfig> {
  const path = join(dir, "asconfig.json");
  const text = await readOptional(path);
  if (text === undefined) {
    throw new MeshwasmError("FILE_NOT_FOUND", `${path}:1:1: there is no asconfig.json`, { hint });
  }
  const located = parseLocatedJson(text, path);
  validateLocated(located, schema, { hint });
  const { entries } = located.value as { entries: string[] };
  for (const [index, entry] of entries.entries()) {
    const exists = await access(join(dir, entry)).then(
      () => true,
      () => false,
    );
    if (!exists) {
      throw new MeshwasmError(
        "FILE_NOT_FOUND",
        `${located.place(["entries", index])}: there is no ${entry}`,
        {
          hint: "entries are files from the filter's folder: assembly/index.ts",
        },
      );
    }
  }
  return {
    notTheSdks: () =>
      new MeshwasmError(
        "FILTER_INVALID",
        `${located.place(["extends"])}: the module that this builds has no proxy-wasm ABI`,
        { hint },
      ),
  };
}
