import { MeshwasmError } from "./errors.js";
import { parsePlace } from "./reference.js";
import type { RemoteOptions } from "./remote/options.js";
import { openStore } from "./store/open.js";
import { isReferrersTag } from "./store/referrers-tag.js";
import { sortTags } from "./version/sort-tags.js";

/** How {@link listTags} reaches the registry, and what it shows. */
export interface ListTagsOptions extends RemoteOptions {
  /** True: tags that only hold signatures and other referrers are listed too. Absent: they are left out. */
  all?: boolean | undefined;
}

/**
 * The tags of a repository or layout: versions first, the highest on top, then all others in alphabetical order.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags.
 * @param place `HOST/REPOSITORY` or `oci:DIR`, without tag and digest.
 * @throws MeshwasmError REFERENCE_INVALID, OPTION_INVALID, NOT_FOUND, SIZE_LIMIT over 100,000 tags, REGISTRY_ERROR for
 *   an answer that is no list of tags, or that continues elsewhere or in a circle.
 */
export async function listTags(place: string, options: ListTagsOptions = {}): Promise<string[]> {
  const reference = parsePlace(place, "tags are listed of a whole repository");
  const store = openStore(reference, "pull", options);
  try {
    const tags = await store.listTags();
    return sortTags(options.all ? tags : tags.filter((tag) => !isReferrersTag(tag)));
  } finally {
    await store.close();
  }
}

/** True for the error that says that a repository is not there yet, which for a push means: it has no tags. */
export function isTagsUnknown(error: unknown): boolean {
  return error instanceof MeshwasmError && error.code === "NOT_FOUND";
}
