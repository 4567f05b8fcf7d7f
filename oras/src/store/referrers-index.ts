import type { Descriptor } from "../descriptor.js";
import { digestOf } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import { parseIndex } from "../image-index.js";
import { encodeJson } from "../json.js";
import { mediaTypes } from "../media-types.js";
import { describeReferrer } from "./referrer-descriptor.js";
import { referrersTag } from "./referrers-tag.js";
import type { Store } from "./store.js";

const maxAttempts = 5;

/**
 * Puts a manifest with a subject so that it is found by it: where the store keeps no list of referrers itself, the
 * index under the referrers tag is extended.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject.
 * @throws MeshwasmError MANIFEST_INVALID, REGISTRY_ERROR when other writers keep overwriting that index, and those of
 *   the store.
 */
export async function putReferrer(
  store: Store,
  mediaType: string,
  bytes: Uint8Array,
  digest: string,
): Promise<void> {
  const { descriptor, subject } = describeReferrer({ mediaType, digest, size: bytes.length }, bytes);
  const { isSubjectIndexed } = await store.putManifest(digest, mediaType, bytes);
  if (subject === undefined || isSubjectIndexed) return;
  const tag = referrersTag(subject);
  const isListed = ({ digest: own }: Descriptor) => own === digest;
  await changeEntries(store, tag, (entries) =>
    entries.some(isListed) ? undefined : [...entries, descriptor],
  );
}

/**
 * Takes a referrer that was deleted out of the index under the referrers tag, where there is one.
 * @throws MeshwasmError as {@link putReferrer}.
 */
export async function forgetReferrer(store: Store, subject: string, digest: string): Promise<void> {
  const isListed = ({ digest: own }: Descriptor) => own === digest;
  await changeEntries(store, referrersTag(subject), (entries) =>
    entries.some(isListed) ? entries.filter((entry) => !isListed(entry)) : undefined,
  );
}

// Registries cannot compare and swap, so what was written is read again, and changed again if it got lost.
async function changeEntries(
  store: Store,
  tag: string,
  change: (entries: Descriptor[]) => Descriptor[] | undefined,
): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const manifests = change(await readEntries(store, tag));
    if (manifests === undefined) return;
    const index = encodeJson({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
    await store.putManifest(tag, mediaTypes.ociIndex, index);
    if ((await store.headManifest(tag)) === digestOf(index)) return;
  }
  throw new MeshwasmError("REGISTRY_ERROR", `${store.place}:${tag} is overwritten by others again and again`);
}

async function readEntries(store: Store, tag: string): Promise<Descriptor[]> {
  if ((await store.headManifest(tag)) === undefined) return [];
  return parseIndex((await store.getManifest(tag)).bytes, `the index ${tag}`);
}
