import { type Descriptor, parseDescriptor } from "./descriptor.js";
import { MeshwasmError } from "./errors.js";
import { asObject, parseJson } from "./json.js";
import { limits } from "./limits.js";

/**
 * Parses the entries of an index that somebody else wrote: bounded, strict, known fields only.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md.
 * @param where names the document for the message, e.g. `the index`.
 * @throws MeshwasmError SIZE_LIMIT over 4 MiB or 10,000 entries; MANIFEST_INVALID when malformed.
 */
export function parseIndex(bytes: Uint8Array, where: string): Descriptor[] {
  if (bytes.length > limits.manifestBytes) {
    const message = `${where} has ${bytes.length} bytes; the limit is ${limits.manifestBytes}`;
    throw new MeshwasmError("SIZE_LIMIT", message);
  }
  const object = asObject(parseJson(bytes, where), where);
  if (object.schemaVersion !== 2) {
    throw new MeshwasmError("MANIFEST_INVALID", `${where} has no schemaVersion 2`);
  }
  // An empty list is written as null by some Go programs.
  const manifests = object.manifests ?? [];
  if (!Array.isArray(manifests)) {
    throw new MeshwasmError("MANIFEST_INVALID", `${where} has no list of manifests`);
  }
  if (manifests.length > limits.indexEntries) {
    const message = `${where} has ${manifests.length} entries; the limit is ${limits.indexEntries}`;
    throw new MeshwasmError("SIZE_LIMIT", message);
  }
  return manifests.map((entry, index) => parseDescriptor(entry, `${where}'s manifests[${index}]`));
}
