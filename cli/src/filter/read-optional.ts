import { readFile } from "node:fs/promises";
import { MeshwasmError } from "../errors.js";

/**
 * A text file's content; undefined when there is none.
 *
 * @throws MeshwasmError FILE_NOT_FOUND when it is there but cannot be read
 */
export async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new MeshwasmError("FILE_NOT_FOUND", `${path}:1:1: cannot be read: ${message}`, { cause });
  }
}
