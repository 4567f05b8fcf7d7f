import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Descriptor } from "../descriptor.js";
import { parseDigest } from "../digest.js";
import { diskError } from "../disk/disk-error.js";
import { type ErrorCode, MeshwasmError } from "../errors.js";
import { isPassing } from "../remote/retry.js";
import type { KnownBytes, Store } from "./store.js";

// Whoever has not come back by then does not.
const keptMillis = 7 * 24 * 3600 * 1000;

/** Where the beginning of a blob is kept until the rest has come. */
export function partialPath(folder: string, { digest }: Descriptor): string {
  const { algorithm, hex } = parseDigest(digest);
  return join(folder, `${algorithm}-${hex}`);
}

/** Makes the folder for partial files, and removes those that nobody came back for in a week. Errors are the file system's. */
export async function openPartialFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > keptMillis) await rm(path, { force: true });
  }
}

/**
 * Completes a file with the bytes of a blob that are not in it yet, and checks all of them. After a failure of the network
 * what came is kept for the next attempt, after one of the disk it is not; a file whose beginning is of something else is
 * fetched once more as a whole.
 * @throws MeshwasmError those of the store's `streamBlob`, FILE_FAILED.
 */
export async function completeFile(path: string, store: Store, blob: Descriptor): Promise<void> {
  const size = await sizeOf(path);
  const known = size > 0 && size <= blob.size ? size : 0;
  try {
    await append(path, store, blob, known);
  } catch (error) {
    if (!isAboutContent(error) && !isAboutDisk(error)) throw error;
    await rm(path, { force: true });
    if (known === 0 || !isAboutContent(error)) throw error;
    await completeFile(path, store, blob);
  }
}

async function append(path: string, store: Store, blob: Descriptor, size: number): Promise<void> {
  const failed = (cause: unknown): never => {
    throw diskError(cause, "written", path);
  };
  const file = await open(path, size > 0 ? "a" : "w", 0o600).catch(failed);
  const known: KnownBytes = { size, open: () => createReadStream(path, { end: size - 1 }) };
  try {
    for await (const chunk of store.streamBlob(blob, size > 0 ? known : undefined)) {
      await file.writeFile(chunk).catch(failed);
    }
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}

const contentCodes: readonly ErrorCode[] = ["DIGEST_MISMATCH", "SIZE_MISMATCH", "NOT_FOUND"];

function isAboutContent(error: unknown): boolean {
  return error instanceof MeshwasmError && contentCodes.includes(error.code) && !isPassing(error);
}

function isAboutDisk(error: unknown): boolean {
  return error instanceof MeshwasmError && error.code === "FILE_FAILED";
}
