import { isMediaType } from "./descriptor.js";
import { MeshwasmError } from "./errors.js";
import { asObject, parseJson } from "./json.js";
import { mediaTypes } from "./media-types.js";

/**
 * The media type of a manifest or index that is passed on unread: its own `mediaType`, else the one that it was
 * served with, else what its members say.
 * @throws MeshwasmError MANIFEST_INVALID when it is no JSON object, or contradicts `contentType`.
 */
export function parseManifestOrIndexType(bytes: Uint8Array, contentType?: string): string {
  const object = asObject(parseJson(bytes, "the manifest"), "the manifest");
  return mediaTypeOf(object, contentType);
}

/**
 * The media type of a parsed manifest or index.
 * @throws MeshwasmError MANIFEST_INVALID when its own is malformed, or contradicts `contentType`.
 */
export function mediaTypeOf(object: Record<string, unknown>, contentType: string | undefined): string {
  const own = object.mediaType;
  if (own !== undefined && (typeof own !== "string" || !isMediaType(own)))
    throw new MeshwasmError("MANIFEST_INVALID", "the manifest has no valid mediaType");
  // A served type that differs from the document's own is how one document is read as two different things.
  if (own !== undefined && contentType !== undefined && own !== contentType) {
    const message = `the manifest says that it is ${own}, but was served as ${contentType}`;
    throw new MeshwasmError("MANIFEST_INVALID", message);
  }
  return (
    own ?? contentType ?? (Array.isArray(object.manifests) ? mediaTypes.ociIndex : mediaTypes.ociManifest)
  );
}
