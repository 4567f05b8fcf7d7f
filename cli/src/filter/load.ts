import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MeshwasmError } from "../errors.js";
import { checkConfigSchema } from "./config-schema.js";
import { parseLocated } from "./located.js";
import type { Filter, FilterManifest } from "./manifest.js";
import { manifestSchema } from "./manifest-schema.js";
import { readOptional } from "./read-optional.js";
import { validateLocated } from "./validate.js";

/**
 * Reads and checks a filter's folder: filter.yaml, config.schema.json if there is one, and that the entry exists.
 *
 * @throws MeshwasmError FILE_NOT_FOUND, or FILTER_INVALID with file, line and column
 */
export async function loadFilter(dir: string): Promise<Filter> {
  const root = resolve(dir);
  if (!(await isDirectory(root))) {
    throw new MeshwasmError("FILE_NOT_FOUND", `there is no folder ${root}`);
  }
  const manifestPath = join(root, "filter.yaml");
  const manifestText = await readOptional(manifestPath);
  if (manifestText === undefined) {
    throw new MeshwasmError("FILE_NOT_FOUND", `${manifestPath}:1:1: there is no filter.yaml`, {
      hint: "name the filter's folder, or make one with: meshwasm init DIR",
    });
  }
  const located = parseLocated(manifestText, manifestPath);
  validateLocated(located, manifestSchema);
  const manifest = located.value as Partial<FilterManifest> &
    Pick<FilterManifest, "name" | "version" | "kind">;

  const entry = join(root, "assembly", "index.ts");
  if ((await readOptional(entry)) === undefined) {
    throw new MeshwasmError("FILE_NOT_FOUND", `${entry}:1:1: the filter's entry file is missing`, {
      hint: `filter.yaml stands in ${root}, so the filter's code is expected in its assembly/index.ts`,
    });
  }
  const schemaPath = join(root, "config.schema.json");
  const schemaText = await readOptional(schemaPath);
  if (schemaText !== undefined) checkConfigSchema(schemaText, schemaPath);

  return {
    dir: root,
    manifest: { rootId: manifest.name, phase: "UNSPECIFIED", keywords: [], ...manifest },
    manifestText,
    ...(schemaText === undefined ? {} : { schemaPath }),
    entry,
    wasm: join(root, "build", "filter.wasm"),
  };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
