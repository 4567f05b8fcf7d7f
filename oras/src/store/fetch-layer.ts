import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Descriptor } from "../descriptor.js";
import { withLock } from "../disk/lock.js";
import { MeshwasmError } from "../errors.js";
import { completeFile, openPartialFolder, partialPath } from "./partial-file.js";
import type { BlobContent, Store } from "./store.js";

// What is smaller is kept in memory, and is not worth keeping when it was interrupted.
const spoolFrom = 8 * 1024 * 1024;
const partialFrom = 1024 * 1024;

/** An option of what fetches layers. */
export interface PartialFolderOption {
  /**
   * Folder of the caller's own in which what came of a layer of 1 MiB or more is kept when its fetch fails or is killed, for
   * a week at most; the next one asks for the rest. Absent, or not writable: nothing is kept.
   */
  partialFolder?: string | undefined;
}

/** How {@link withLayer} fetches. */
export interface FetchLayerOptions extends PartialFolderOption {
  /** Bytes as transferred. */
  maxBytes: number;
}

type Use<T> = (content: BlobContent) => Promise<T>;

/**
 * Fetches a layer and hands it to `use` once all of it is checked. A big one is kept in a temporary file meanwhile, so
 * that a layer which is refused costs no memory; where there is no room for such a file, in memory after all.
 * @throws MeshwasmError SIZE_LIMIT, NOT_FOUND, SIZE_MISMATCH, DIGEST_MISMATCH, FILE_FAILED, and those of `use`.
 */
export async function withLayer<T>(
  store: Store,
  layer: Descriptor,
  options: FetchLayerOptions,
  use: Use<T>,
): Promise<T> {
  const { maxBytes, partialFolder } = options;
  if (layer.size > maxBytes) {
    const message = `blob ${layer.digest} of ${store.place} has ${layer.size} bytes; the limit is ${maxBytes}`;
    throw new MeshwasmError("SIZE_LIMIT", message);
  }
  let began = false;
  const anew = () => {
    began = true;
    return fetchAnew(store, layer, maxBytes, use);
  };
  if (partialFolder === undefined || layer.size < partialFrom) return anew();
  const path = partialPath(partialFolder, layer);
  const goOn = async () => {
    began = true;
    await completeFile(path, store, layer);
    return useFile(path, layer, use).finally(() => rm(path, { force: true }));
  };
  try {
    await openPartialFolder(partialFolder);
    // Whoever else fetches the same at this moment goes its own way.
    return await withLock(`${path}.lock`, goOn, { whenHeld: anew });
  } catch (error) {
    if (began) throw error;
    // The folder was of no use.
    return anew();
  }
}

async function fetchAnew<T>(store: Store, layer: Descriptor, maxBytes: number, use: Use<T>): Promise<T> {
  const folder = layer.size < spoolFrom ? undefined : await makeFolder();
  if (folder === undefined) return use(await store.getBlob(layer, maxBytes));
  const path = join(folder, "layer");
  try {
    await completeFile(path, store, layer);
    return await useFile(path, layer, use);
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function useFile<T>(path: string, { size }: Descriptor, use: Use<T>): Promise<T> {
  if (size < spoolFrom) return use(await readFile(path));
  return use(() => createReadStream(path, { highWaterMark: 256 * 1024 }));
}

async function makeFolder(): Promise<string | undefined> {
  return mkdtemp(join(tmpdir(), "meshwasm-layer-")).catch(() => undefined);
}
