import { createHash } from "node:crypto";
import { checkConfigSchema } from "../filter/config-schema.js";
import { parseLocatedJson } from "../filter/located.js";
import { checkDefaults } from "./check-defaults.js";
import { emit } from "./emit.js";
import { readSchema } from "./read-schema.js";

/** How a generated file begins; the SDK's transform looks for it too. */
export const marker = "// Made by meshwasm from config.schema.json.";

/**
 * Makes the AssemblyScript classes that read and hold what a schema describes.
 *
 * @param text the JSON Schema
 * @param file how messages name it
 * @throws MeshwasmError FILTER_INVALID with file, line and column, and the JSON pointer of what is not supported
 */
export function generateConfigClass(text: string, file: string): string {
  checkConfigSchema(text, file);
  const located = parseLocatedJson(text, file);
  const model = readSchema(located);
  checkDefaults(located, model);
  const header = [
    `${marker} Do not edit: change that file, then run meshwasm generate.`,
    `// Schema ${schemaDigest(text)}`,
  ];
  return emit(model, header.join("\n"));
}

/** What the generated file says of its schema: the digest of its value, whatever its white space. */
export function schemaDigest(text: string): string {
  return `sha256:${createHash("sha256")
    .update(JSON.stringify(JSON.parse(text)))
    .digest("hex")}`;
}
