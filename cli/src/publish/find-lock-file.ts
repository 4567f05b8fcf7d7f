import { readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

/** The lock file that a filter's packages are in. */
export interface LockFile {
  path: string;
  bytes: Uint8Array;
  /** The filter's folder from the lock file's; empty: they are the same. */
  root: string;
}

/**
 * The nearest package-lock.json: of the folder itself, or of the workspace that it is in.
 *
 * @param dir an absolute path
 * @returns undefined when there is none up to the root of the file system
 */
export async function findLockFile(dir: string): Promise<LockFile | undefined> {
  for (let folder = dir; ; folder = dirname(folder)) {
    const path = join(folder, "package-lock.json");
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes) return { path, bytes, root: relative(folder, dir).split(sep).join("/") };
    if (dirname(folder) === folder) return undefined;
  }
}
