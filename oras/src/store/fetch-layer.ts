import { createReadStream } from "node:fs";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Descriptor } from "../descriptor.js";
import { diskError } from "../disk/disk-error.js";
import { MeshwasmError } from "../errors.js";
import type { BlobContent, Store } from "./store.js";

// What is smaller is kept in memory.
const spoolFrom = 8 * 1024 * 1024;

/**
 * Fetches a layer and hands it to `use` once all of it is checked. A big one is kept in a temporary file meanwhile, so
 * that a layer which is refused costs no memory; where there is no room for such a file, in memory after all.
 * @throws MeshwasmError SIZE_LIMIT, NOT_FOUND, SIZE_MISMATCH, DIGEST_MISMATCH, and those of `use`.
 */
export async function withLayer<T>(
  store: Store,
  layer: Descriptor,
  maxBytes: number,
  use: (content: BlobContent) => Promise<T>,
): Promise<T> {
  if (layer.size > maxBytes) {
    const message = `blob ${layer.digest} of ${store.place} has ${layer.size} bytes; the limit is ${maxBytes}`;
    throw new MeshwasmError("SIZE_LIMIT", message);
  }
  const folder = layer.size < spoolFrom ? undefined : await makeFolder();
  if (folder === undefined) return use(await store.getBlob(layer, maxBytes));
  const path = join(folder, "layer");
  try {
    const file = await open(path, "wx+", 0o600);
    try {
      await fill(file, store, layer, path);
    } finally {
      await file.close();
    }
    return await use(() => createReadStream(path, { highWaterMark: 256 * 1024 }));
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function fill(file: FileHandle, store: Store, layer: Descriptor, path: string): Promise<void> {
  for await (const chunk of store.streamBlob(layer)) {
    await file.writeFile(chunk).catch((cause: unknown) => {
      throw diskError(cause, "written", path);
    });
  }
}

async function makeFolder(): Promise<string | undefined> {
  return mkdtemp(join(tmpdir(), "meshwasm-layer-")).catch(() => undefined);
}
