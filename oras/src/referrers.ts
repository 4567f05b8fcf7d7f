import type { Descriptor } from "./descriptor.js";
import { MeshwasmError } from "./errors.js";
import { formatReference, parseReference, referenceTarget } from "./reference.js";
import type { RemoteOptions } from "./remote/options.js";
import { openStore } from "./store/open.js";

/** How {@link referrers} reaches the registry, and what it shows. */
export interface ReferrersOptions extends RemoteOptions {
  /** Only referrers of this type. Absent: all. */
  artifactType?: string | undefined;
}

/**
 * What refers to an artifact: signatures, SBOMs, provenance. By the referrers API, by the tag that stands in for it
 * where a registry lacks the API, or by the index of a layout.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers.
 * @returns one descriptor each, with `artifactType` and annotations; empty when nothing does.
 * @throws MeshwasmError REFERENCE_INVALID, NOT_FOUND for an unknown tag, and those of the store.
 */
export async function referrers(reference: string, options: ReferrersOptions = {}): Promise<Descriptor[]> {
  const parsed = parseReference(reference);
  const store = openStore(parsed, "pull", options);
  try {
    const digest = parsed.digest ?? (await store.headManifest(referenceTarget(parsed)));
    if (digest === undefined) throw new MeshwasmError("NOT_FOUND", `there is no ${formatReference(parsed)}`);
    const found = await store.listReferrers(digest);
    const { artifactType } = options;
    return artifactType === undefined ? found : found.filter((each) => each.artifactType === artifactType);
  } finally {
    await store.close();
  }
}
