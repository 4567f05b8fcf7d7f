import { constants } from "node:fs";
import { type FileHandle, lstat, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Descriptor } from "../descriptor.js";
import { parseDigest } from "../digest.js";
import { diskError, isAbsent } from "../disk/disk-error.js";
import { replaceFile } from "../disk/replace-file.js";
import { MeshwasmError } from "../errors.js";
import { readBounded, verified } from "../remote/body.js";
import type { BlobContent } from "../store/store.js";

/** The path of a blob; a digest is hexadecimal, so it names nothing outside. @throws MeshwasmError REFERENCE_INVALID. */
export function blobPath(folder: string, digest: string): string {
  const { algorithm, hex } = parseDigest(digest);
  return join(folder, "blobs", algorithm, hex);
}

/** The bytes that a blob's file has; undefined when there is none, or something that is no file. */
export async function blobSize(folder: string, digest: string): Promise<number | undefined> {
  const path = blobPath(folder, digest);
  try {
    const found = await lstat(path);
    return found.isFile() ? found.size : undefined;
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw diskError(cause, "read", path);
  }
}

/** Streams a blob, checked against its descriptor on the way. @throws MeshwasmError NOT_FOUND, SIZE_MISMATCH, DIGEST_MISMATCH. */
export async function* streamBlobFile(
  folder: string,
  descriptor: Descriptor,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await openBlob(folder, descriptor.digest);
  try {
    const { size } = await file.stat();
    if (size !== descriptor.size) {
      const sizes = `has ${size} bytes, its descriptor says ${descriptor.size}`;
      throw new MeshwasmError("SIZE_MISMATCH", `blob ${descriptor.digest} in ${folder} ${sizes}`);
    }
    yield* verified(chunksOf(file, folder), descriptor, folder);
  } finally {
    await file.close();
  }
}

/** Reads a blob whose size is not known; its digest is not checked. @throws MeshwasmError NOT_FOUND, SIZE_LIMIT. */
export async function readBlobFile(folder: string, digest: string, maxBytes: number): Promise<Uint8Array> {
  const file = await openBlob(folder, digest);
  try {
    return await readBounded(chunksOf(file, folder), maxBytes, `blob ${digest} in ${folder}`);
  } finally {
    await file.close();
  }
}

/** Writes a blob under its final name once all of it was checked. @throws MeshwasmError FILE_FAILED, and those of the content. */
export async function writeBlobFile(
  folder: string,
  descriptor: Descriptor,
  content: BlobContent,
): Promise<void> {
  const path = blobPath(folder, descriptor.digest);
  try {
    await replaceFile(
      path,
      async (file) => {
        const chunks = content instanceof Uint8Array ? once(content) : content();
        for await (const chunk of verified(chunks, descriptor, folder)) await file.writeFile(chunk);
      },
      // The index flushes it, before it names anything in it.
      { folder, isFolderFlushedLater: true },
    );
  } catch (cause) {
    throw diskError(cause, "written", path);
  }
}

/** Removes a blob; one that is not there is none. @throws MeshwasmError FILE_FAILED. */
export async function removeBlobFile(folder: string, digest: string): Promise<void> {
  const path = blobPath(folder, digest);
  await rm(path, { force: true }).catch((cause: unknown) => {
    throw diskError(cause, "removed", path);
  });
}

async function openBlob(folder: string, digest: string): Promise<FileHandle> {
  const path = blobPath(folder, digest);
  let file: FileHandle;
  try {
    // Not through a link, which could lead out of the layout; nor waiting for a pipe.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    if (isAbsent(cause)) throw new MeshwasmError("NOT_FOUND", `${folder} has no blob ${digest}`, { cause });
    throw diskError(cause, "read", path);
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new MeshwasmError("LAYOUT_INVALID", `${path} is no file`);
}

async function* chunksOf(file: FileHandle, folder: string): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    // A new one for each piece: whoever gets it may keep it.
    const chunk = new Uint8Array(256 * 1024);
    const { bytesRead } = await file.read(chunk).catch((cause: unknown) => {
      throw diskError(cause, "read", folder);
    });
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
