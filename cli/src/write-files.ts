import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MeshwasmError } from "./errors.js";
import { removeOnSignal } from "./temporary.js";

/**
 * Writes files so that under each name there is always the old content or the new, never a part: to temporary names
 * beside them, synced, and renamed only when all of them are on disk. Missing folders are made.
 *
 * @param files contents by path
 * @throws MeshwasmError FILE_EXISTS when something else is in the way, WORK_FAILED when one cannot be written
 */
export async function writeFilesAtomic(files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  const written: { temporary: string; path: string; release: () => void }[] = [];
  try {
    for (const [path, content] of files) {
      const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
      written.push({ temporary, path, release: removeOnSignal(temporary) });
      await explained(path, () => writeSynced(temporary, path, content));
    }
    for (const { temporary, path } of written) await explained(path, () => rename(temporary, path));
  } finally {
    for (const { temporary, release } of written) {
      // Behind a file that is in the way there is none.
      await rm(temporary, { force: true }).catch(() => {});
      release();
    }
  }
}

async function writeSynced(temporary: string, path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(temporary), { recursive: true });
  // Before the first rename, so that a folder in the way of one file leaves the others as they are.
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
  const file = await open(temporary, "wx", 0o644);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function explained(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** The error for a file or folder at `path` that could not be made. */
export function unwritable(path: string, cause: unknown): MeshwasmError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "EISDIR")
    return new MeshwasmError("FILE_EXISTS", `${path} is a folder, not a file`, { cause });
  if (code === "ENOTDIR" || code === "EEXIST") {
    return new MeshwasmError("FILE_EXISTS", `${path}: a file is in the way of its folder`, { cause });
  }
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new MeshwasmError("WORK_FAILED", `${path} cannot be written: the disk is full (${code})`, {
      cause,
      hint: "make room on that disk and try again",
    });
  }
  return new MeshwasmError("WORK_FAILED", `${path} cannot be written: ${message}`, { cause });
}
