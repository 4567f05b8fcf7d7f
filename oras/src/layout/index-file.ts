import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Descriptor } from "../descriptor.js";
import { diskError, isAbsent } from "../disk/disk-error.js";
import { withLock } from "../disk/lock.js";
import { flushFolder, replaceFile } from "../disk/replace-file.js";
import { MeshwasmError } from "../errors.js";
import { parseIndex } from "../image-index.js";
import { asObject, encodeJson, parseJson } from "../json.js";
import { limits } from "../limits.js";
import { mediaTypes } from "../media-types.js";

/** The annotation of an index entry that holds its tag. */
export const refName = "org.opencontainers.image.ref.name";

/** One entry of `index.json`. */
export interface IndexEntry {
  descriptor: Descriptor;
  /** As it is in the file, with members that this package does not know. */
  raw: unknown;
}

/** The tag of an entry; undefined: it has none. */
export function tagOf({ descriptor }: IndexEntry): string | undefined {
  const { annotations = {} } = descriptor;
  return Object.hasOwn(annotations, refName) ? annotations[refName] : undefined;
}

/**
 * Reads `index.json`; one that is not there has no entries.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#indexjson-file.
 * @throws MeshwasmError SIZE_LIMIT over 4 MiB or 10,000 entries; MANIFEST_INVALID when malformed.
 */
export async function readIndexFile(folder: string): Promise<readonly IndexEntry[]> {
  return (await readKnown(folder)).entries;
}

/** What the file holds. */
interface IndexFile {
  /** All of it, with members that this package does not know. */
  document: Record<string, unknown>;
  entries: readonly IndexEntry[];
}

const maxLastRead = 16;
const lastRead = new Map<string, IndexFile & { stamp: string }>();

// Asked for again and again.
async function readKnown(folder: string): Promise<IndexFile> {
  const path = join(folder, "index.json");
  const stamp = await stampOf(path);
  const known = lastRead.get(path);
  if (known !== undefined && known.stamp === stamp) return known;
  const read = await readDocument(folder);
  remember(path, stamp, read);
  return read;
}

function remember(path: string, stamp: string | undefined, file: IndexFile): void {
  if (stamp === undefined) return;
  if (lastRead.size >= maxLastRead) lastRead.clear();
  lastRead.set(path, { stamp, ...file });
}

/** Differs whenever the file was replaced or changed; undefined: it is not there, or cannot be seen. */
async function stampOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}

/** What the entries become; undefined: they stay as they are. */
type Change = (entries: readonly IndexEntry[]) => IndexEntry[] | undefined;

interface Waiting {
  change: Change;
  done: () => void;
  failed: (error: unknown) => void;
}

// Of this process, by folder: there while somebody works on it.
const queues = new Map<string, Waiting[]>();

/**
 * Changes `index.json` under a lock, so that no writer loses what another wrote; unknown members are kept. What this
 * process asks for meanwhile is written together: a mirror of hundreds would else write the file for each.
 * @param change returns the new entries, or undefined to leave the file alone.
 */
export async function changeIndexFile(folder: string, change: Change): Promise<void> {
  const key = resolve(folder);
  const queue = queues.get(key);
  const result = new Promise<void>((done, failed) => {
    const waiting = { change, done, failed };
    if (queue) queue.push(waiting);
    else queues.set(key, [waiting]);
  });
  if (!queue) void drain(key);
  return result;
}

async function drain(folder: string): Promise<void> {
  const queue = queues.get(folder) ?? [];
  while (queue.length > 0) {
    const batch = queue.splice(0);
    // Together they may be too many: then those that fit are written, one by one.
    const left = await write(folder, batch).then(
      () => [],
      (error: unknown) => (batch.length === 1 ? fail(batch, error) : batch),
    );
    for (const one of left) await write(folder, [one]).catch((error: unknown) => fail([one], error));
  }
  queues.delete(folder);
}

function fail(batch: readonly Waiting[], error: unknown): never[] {
  for (const { failed } of batch) failed(error);
  return [];
}

async function write(folder: string, batch: readonly Waiting[]): Promise<void> {
  await withLock(join(folder, ".index.lock"), async () => {
    const { document, entries } = await readKnown(folder);
    const changed = batch.reduce((all, { change }) => change(all) ?? all, entries);
    if (changed !== entries) await replaceDocument(folder, document, changed);
  });
  for (const { done } of batch) done();
}

async function replaceDocument(
  folder: string,
  document: Record<string, unknown>,
  entries: readonly IndexEntry[],
): Promise<void> {
  const bytes = encodeJson({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    ...document,
    manifests: entries.map(({ raw }) => raw),
  });
  const path = join(folder, "index.json");
  // Else the next one could not read what this one wrote.
  parseIndex(bytes, "the new index.json");
  for (const algorithm of ["sha256", "sha512"]) await flushFolder(join(folder, "blobs", algorithm));
  await replaceFile(path, (file) => file.writeFile(bytes)).catch((cause: unknown) => {
    throw diskError(cause, "written", path);
  });
  // Nobody else writes it before the lock is given back.
  remember(path, await stampOf(path), { document, entries });
}

async function readDocument(folder: string): Promise<IndexFile> {
  const path = join(folder, "index.json");
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > limits.manifestBytes) {
      throw new MeshwasmError(
        "SIZE_LIMIT",
        `${path} has ${size} bytes; the limit is ${limits.manifestBytes}`,
      );
    }
    bytes = await readFile(path);
  } catch (cause) {
    if (isAbsent(cause)) return { document: {}, entries: [] };
    throw diskError(cause, "read", path);
  }
  const descriptors = parseIndex(bytes, path);
  const document = asObject(parseJson(bytes, path), path);
  const raw = (document.manifests ?? []) as unknown[];
  return { document, entries: descriptors.map((descriptor, index) => ({ descriptor, raw: raw[index] })) };
}
