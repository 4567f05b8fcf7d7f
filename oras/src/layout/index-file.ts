import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Descriptor } from "../descriptor.js";
import { diskError, isAbsent } from "../disk/disk-error.js";
import { withLock } from "../disk/lock.js";
import { replaceFile } from "../disk/replace-file.js";
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
export async function readIndexFile(folder: string): Promise<IndexEntry[]> {
  return (await readDocument(folder)).entries;
}

/**
 * Changes `index.json` under a lock, so that no writer loses what another wrote; unknown members are kept.
 * @param change returns the new entries, or undefined to leave the file alone.
 */
export async function changeIndexFile(
  folder: string,
  change: (entries: readonly IndexEntry[]) => IndexEntry[] | undefined,
): Promise<void> {
  await withLock(join(folder, ".index.lock"), async () => {
    const { document, entries } = await readDocument(folder);
    const changed = change(entries);
    if (changed === undefined) return;
    const bytes = encodeJson({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      ...document,
      manifests: changed.map(({ raw }) => raw),
    });
    // Else the next one could not read what this one wrote.
    parseIndex(bytes, "the new index.json");
    const path = join(folder, "index.json");
    await replaceFile(path, (file) => file.writeFile(bytes)).catch((cause: unknown) => {
      throw diskError(cause, "written", path);
    });
  });
}

async function readDocument(
  folder: string,
): Promise<{ document: Record<string, unknown>; entries: IndexEntry[] }> {
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
