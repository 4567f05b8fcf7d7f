import { readFile } from "node:fs/promises";
import { MeshwasmError } from "../errors.js";
import { parseLocated, parseLocatedJson } from "../filter/located.js";

/**
 * Reads a plugin's configuration: JSON, or YAML when the file is called so.
 *
 * @throws MeshwasmError FILE_NOT_FOUND; CONFIG_INVALID with file, line and column
 */
export async function readConfig(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new MeshwasmError("FILE_NOT_FOUND", `configuration ${file} cannot be read (${code})`, { cause });
  }
  let value: unknown;
  try {
    value = (/\.ya?ml$/.test(file) ? parseLocated : parseLocatedJson)(text, file).value;
  } catch (cause) {
    if (!(cause instanceof MeshwasmError)) throw cause;
    throw new MeshwasmError("CONFIG_INVALID", cause.message, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new MeshwasmError("CONFIG_INVALID", `${file}:1:1: a configuration is an object`);
}
