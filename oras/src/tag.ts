import { parseManifestOrIndexType } from "./manifest-type.js";
import { formatReference, parseReference, referenceTarget, withTarget } from "./reference.js";
import { checkTag } from "./reference-grammar.js";
import type { RemoteOptions } from "./remote/options.js";
import { openStore } from "./store/open.js";
import { checkReleasedTag, type ForceOption } from "./version/released-tag.js";

/** How {@link tag} reaches the registry, and whether it may move a released version. */
export interface TagOptions extends RemoteOptions, ForceOption {}

/** A tag that was set. */
export interface TagResult {
  /** The artifact by its new tag. */
  ref: string;
  digest: string;
  /** What the tag named before; absent: nothing. Equal to `digest` when nothing changed. */
  previous?: string;
}

/**
 * Gives an artifact that is there another tag in the same repository or layout. Nothing but the manifest is read.
 * @throws MeshwasmError REFERENCE_INVALID, TAG_EXISTS when a released version names other content, NOT_FOUND, and
 *   those of the store.
 */
export async function tag(reference: string, newTag: string, options: TagOptions = {}): Promise<TagResult> {
  const parsed = parseReference(reference);
  checkTag(newTag);
  const store = openStore(parsed, "pull,push", options);
  try {
    const { bytes, digest, mediaType } = await store.getManifest(referenceTarget(parsed));
    const previous = await store.headManifest(newTag);
    checkReleasedTag(store.place, newTag, { current: previous, wanted: digest }, options);
    if (previous !== digest)
      await store.putManifest(newTag, parseManifestOrIndexType(bytes, mediaType), bytes);
    const ref = formatReference(withTarget(parsed, { tag: newTag }));
    return { ref, digest, ...(previous === undefined ? {} : { previous }) };
  } finally {
    await store.close();
  }
}
