import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

const temporaryName = /^\.[0-9a-f]{16}\.tmp$/;

/**
 * Whether a file's name is one that {@link replaceFile} gives to what is not whole yet. Where nobody else writes into the
 * folder, such a file was left by a process that was killed.
 */
export function isHalfWritten(name: string): boolean {
  return temporaryName.test(name);
}

/** How {@link replaceFile} writes. */
export interface ReplaceFileOptions {
  /** Folder of the temporary file, on the same file system. Absent: the file's own. */
  folder?: string;
  /** Permissions, from which the umask takes; `fill` may set others. Absent: 0644. */
  mode?: number;
  /** True: the caller flushes the folder itself, before it relies on the new name. Absent: it is flushed too. */
  isFolderFlushedLater?: boolean;
}

/**
 * Gives a file new content at once: written under a temporary name, flushed, then renamed. Whoever reads sees the
 * old content or the new, also after a crash; on failure the temporary file is removed. Errors are the file
 * system's own, or those of `fill`.
 */
export async function replaceFile(
  path: string,
  fill: (file: FileHandle) => Promise<void>,
  options: ReplaceFileOptions = {},
): Promise<void> {
  const { folder = dirname(path), mode = 0o644, isFolderFlushedLater = false } = options;
  const temporary = join(folder, `.${randomBytes(8).toString("hex")}.tmp`);
  const file = await open(temporary, "wx", mode);
  try {
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  if (!isFolderFlushedLater) await flushFolder(dirname(path));
}

/** Makes the names in a folder survive a power cut, as far as the file system can; one that is not there is none. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
