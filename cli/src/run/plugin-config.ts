import { readFile } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { MeshwasmError } from "../errors.js";
import { checkConfig } from "../filter/config-schema.js";
import { parseLocated } from "../filter/located.js";
import type { Filter } from "../filter/manifest.js";

/** The plugin's configuration as the filter reads it. */
export interface PluginConfig {
  /** Empty: none. */
  bytes: string | Uint8Array;
  /** Absolute path of the file that it came from; absent: there was none. */
  file?: string;
}

/** The files that a folder's configuration is read from when none is named; the first that is there counts. */
const defaultNames = ["config.json", "config.yaml"];

/** The files whose change may change the configuration: the named one, or the folder's defaults. */
export function configFiles(file: string | undefined, filter: Filter | undefined): string[] {
  if (file !== undefined) return [resolve(file)];
  return filter ? defaultNames.map((name) => join(filter.dir, name)) : [];
}

/**
 * Reads the plugin's configuration from `file`, else from the filter folder's config.json or config.yaml, else it is
 * empty. YAML becomes JSON; JSON and any other text is passed as it is, byte for byte. A filter with a
 * config.schema.json gets only what fits it.
 *
 * @throws MeshwasmError FILE_NOT_FOUND for a named file, CONFIG_INVALID with the line or the JSON path
 */
export async function loadPluginConfig(
  file: string | undefined,
  filter: Filter | undefined,
): Promise<PluginConfig> {
  for (const path of configFiles(file, filter)) {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" && file === undefined) return undefined;
      throw new MeshwasmError("FILE_NOT_FOUND", `cannot read the configuration ${path}: ${error.code}`, {
        cause: error,
      });
    });
    if (bytes) return { bytes: await checked(path, bytes, filter), file: path };
  }
  return { bytes: "" };
}

async function checked(
  path: string,
  bytes: Buffer,
  filter: Filter | undefined,
): Promise<string | Uint8Array> {
  const extension = extname(path).toLowerCase();
  const isYaml = extension === ".yaml" || extension === ".yml";
  const schema = filter?.schemaPath ? await readFile(filter.schemaPath, "utf8") : undefined;
  if (!isYaml && extension !== ".json" && schema === undefined) return bytes;
  const value = parse(path, bytes.toString("utf8"), isYaml);
  const problems = schema === undefined ? [] : checkConfig(schema, value);
  if (problems.length > 0) {
    throw new MeshwasmError("CONFIG_INVALID", problems.map((problem) => `${path}: ${problem}`).join("\n"), {
      details: problems,
      hint: `the configuration must fit ${basename(filter?.schemaPath ?? "")}`,
    });
  }
  return isYaml ? JSON.stringify(value) : bytes;
}

function parse(path: string, text: string, isYaml: boolean): unknown {
  try {
    // The YAML reader knows the line; what it takes beyond JSON, JSON.parse refuses afterwards.
    const { value } = parseLocated(text, path);
    return isYaml ? value : JSON.parse(text);
  } catch (cause) {
    const words = cause instanceof MeshwasmError ? cause.message : `${path}: ${(cause as Error).message}`;
    throw new MeshwasmError("CONFIG_INVALID", words, { cause });
  }
}
