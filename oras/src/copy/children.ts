import { type Descriptor, parseDescriptor } from "../descriptor.js";
import { MeshwasmError } from "../errors.js";
import { parseIndex } from "../image-index.js";
import { asObject, parseJson } from "../json.js";
import { limits } from "../limits.js";
import { isIndexType } from "../media-types.js";

/** What a manifest or index is made of. */
export interface Children {
  blobs: Descriptor[];
  manifests: Descriptor[];
}

/**
 * What must be there before a manifest or index can be. An artifact of any kind is read, not only filters.
 * @throws MeshwasmError MANIFEST_INVALID, SIZE_LIMIT over 512 layers.
 */
export function childrenOf(bytes: Uint8Array, mediaType: string): Children {
  if (isIndexType(mediaType)) return { blobs: [], manifests: parseIndex(bytes, "the index") };
  const object = asObject(parseJson(bytes, "the manifest"), "the manifest");
  const layers = object.layers ?? [];
  if (!Array.isArray(layers))
    throw new MeshwasmError("MANIFEST_INVALID", "the manifest has no list of layers");
  if (layers.length > limits.layers) {
    const message = `the manifest has ${layers.length} layers; the limit is ${limits.layers}`;
    throw new MeshwasmError("SIZE_LIMIT", message);
  }
  const config = parseDescriptor(object.config, "the manifest's config");
  const blobs = layers.map((layer, index) => parseDescriptor(layer, `the manifest's layers[${index}]`));
  const unique = new Map([config, ...blobs].map((blob) => [blob.digest, blob]));
  return { blobs: [...unique.values()], manifests: [] };
}
