import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MeshwasmError } from "../errors.js";
import type { Filter } from "../filter/manifest.js";
import { readOptional } from "../filter/read-optional.js";
import { writeFilesAtomic } from "../write-files.js";
import { generateConfigClass, marker } from "./generate.js";

/** The generated file of a filter. */
export interface ConfigFile {
  /** Absolute path of assembly/config.ts. */
  path: string;
  /** What it should hold. */
  text: string;
  /** Whether it holds that already. */
  current: boolean;
}

/**
 * What assembly/config.ts of a filter should hold.
 *
 * @throws MeshwasmError FILE_NOT_FOUND without a schema, FILE_EXISTS when the file is the author's own, and those of
 *   `generateConfigClass`
 */
export async function configFile(filter: Filter): Promise<ConfigFile> {
  const path = configPath(filter);
  if (filter.schemaPath === undefined) {
    throw new MeshwasmError(
      "FILE_NOT_FOUND",
      `${join(filter.dir, "config.schema.json")}:1:1: there is no config.schema.json`,
      { hint: "write the JSON Schema of the configuration, or delete assembly/config.ts" },
    );
  }
  const existing = await readOptional(path);
  if (existing !== undefined && !existing.startsWith(marker)) {
    throw new MeshwasmError("FILE_EXISTS", `${path}:1:1: this file was not made by meshwasm generate`, {
      hint: "give it another name: this one is for the class that is made from config.schema.json",
    });
  }
  const text = generateConfigClass(await readFile(filter.schemaPath, "utf8"), filter.schemaPath);
  return { path, text, current: existing === text };
}

/** Writes assembly/config.ts where it is not what it should be. @returns what it was found as */
export async function writeConfigFile(filter: Filter): Promise<ConfigFile> {
  const file = await configFile(filter);
  // Not when it is the same: a watcher would take it for a change.
  if (!file.current) await writeFilesAtomic(new Map([[file.path, file.text]]));
  return file;
}

/** Whether a filter has a generated class, or its entry imports one that is not there yet. */
export async function usesConfigClass(filter: Filter): Promise<boolean> {
  const existing = await readOptional(configPath(filter));
  if (existing !== undefined) return existing.startsWith(marker);
  if (filter.schemaPath === undefined) return false;
  return /\bfrom\s*["']\.\/config["']/.test(await readFile(filter.entry, "utf8"));
}

function configPath(filter: Filter): string {
  return join(filter.dir, "assembly", "config.ts");
}
