import { MeshwasmError } from "./errors.js";
import { formatReference, parseReference, type Reference, withTarget } from "./reference.js";
import type { RemoteOptions } from "./remote/options.js";
import { openStore } from "./store/open.js";
import { describeReferrer } from "./store/referrer-descriptor.js";
import { forgetReferrer } from "./store/referrers-index.js";
import type { Store } from "./store/store.js";
import { isReleaseTag } from "./version/released-tag.js";

/** How {@link deleteArtifact} reaches the registry, and whether it may take away what others rely on. */
export interface DeleteOptions extends RemoteOptions {
  /** True: a release's tag and a digest are deleted too. Absent: refused with DELETE_REFUSED. */
  force?: boolean | undefined;
}

/** What was deleted. */
export interface DeleteResult {
  /** The tag, or the digest. */
  ref: string;
  /** Of the manifest: gone if it was named by digest, else still there. */
  digest: string;
}

/**
 * Deletes a tag, or by digest a manifest with all its tags; its blobs stay until the registry collects garbage. A manifest
 * that refers to another leaves that one's list of referrers, also where the list is a tag.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-management.
 * @param reference with a tag or a digest; with both, the digest decides.
 * @throws MeshwasmError REFERENCE_INVALID without either, DELETE_REFUSED, NOT_FOUND, and those of the store.
 */
export async function deleteArtifact(reference: string, options: DeleteOptions = {}): Promise<DeleteResult> {
  const parsed = parseReference(reference);
  checkAllowed(parsed, options);
  const { digest, tag = "latest" } = parsed;
  const store = openStore(parsed, "pull,push,delete", options);
  try {
    if (digest === undefined) {
      const named = await store.headManifest(tag);
      if (named === undefined) throw new MeshwasmError("NOT_FOUND", `${store.place} has no tag ${tag}`);
      await store.deleteManifest(tag);
      return { ref: formatReference(withTarget(parsed, { tag })), digest: named };
    }
    await deleteByDigest(store, digest);
    return { ref: formatReference(withTarget(parsed, { digest })), digest };
  } finally {
    await store.close();
  }
}

async function deleteByDigest(store: Store, digest: string): Promise<void> {
  const { bytes, mediaType = "" } = await store.getManifest(digest);
  const { subject } = describeReferrer({ mediaType, digest, size: bytes.length }, bytes);
  await store.deleteManifest(digest);
  if (subject !== undefined) await forgetReferrer(store, subject, digest);
}

function checkAllowed(reference: Reference, { force }: DeleteOptions): void {
  const { tag, digest } = reference;
  const name = formatReference(reference);
  if (tag === undefined && digest === undefined) {
    throw new MeshwasmError("REFERENCE_INVALID", `${name} names no artifact to delete`, {
      hint: "write its tag or digest; :latest too is only deleted by its name",
    });
  }
  if (force) return;
  if (digest !== undefined) {
    throw new MeshwasmError("DELETE_REFUSED", `${name} is a digest: all of its tags would go with it`, {
      hint: "delete its tags by name, or use force",
    });
  }
  if (tag !== undefined && isReleaseTag(tag)) {
    throw new MeshwasmError("DELETE_REFUSED", `${name} is a release, which others may have pinned`, {
      hint: "use force to delete it after all",
    });
  }
}
