import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** How the names of half-written files begin; whoever starts in a folder may delete them. */
export const temporaryPrefix = ".partial-";

/**
 * Gives a file its whole content at once: written under a temporary name in the same folder, flushed, renamed; the
 * folder is flushed too. A reader never sees a part, also after a crash; on failure nothing is left. Errors are the
 * file system's, or those of `fill`.
 *
 * @param mode permissions, whatever the umask; absent: 0644, so that the proxy's user can read it
 */
export async function writeAtomically(
  path: string,
  fill: (file: FileHandle) => Promise<void>,
  mode = 0o644,
): Promise<void> {
  const temporary = join(dirname(path), temporaryPrefix + randomBytes(8).toString("hex"));
  const file = await open(temporary, "wx", 0o600);
  try {
    try {
      await fill(file);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

// Not every file system can flush a folder; the rename itself is done.
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
