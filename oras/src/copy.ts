import { Copier, type CopyCounts } from "./copy/copier.js";
import { MeshwasmError } from "./errors.js";
import { parseManifestOrIndexType } from "./manifest-type.js";
import {
  formatReference,
  isLayoutReference,
  parseReference,
  type Reference,
  referenceTarget,
  withTarget,
} from "./reference.js";
import { type RemoteOptions, resolveSizes } from "./remote/options.js";
import { openStore } from "./store/open.js";
import { type ProgressOption, withProgress } from "./store/progress.js";
import { checkReleasedTag, type ForceOption } from "./version/released-tag.js";

/** How {@link copy} reaches both places, and what it copies. */
export interface CopyOptions extends RemoteOptions, ForceOption, ProgressOption {
  /** True: with signatures, SBOMs and all else that refers to it. Absent: the artifact alone. */
  recursive?: boolean | undefined;
  /** How the source is reached. Absent: as the target. */
  sourceOptions?: RemoteOptions | undefined;
}

/** A copied artifact. */
export interface CopyResult extends CopyCounts {
  /** The copy, by tag or digest. */
  ref: string;
  /** Digest of the manifest or index; the same at both places. */
  digest: string;
  mediaType: string;
}

/**
 * Copies an artifact, of any kind, between two places: registries, or OCI image layouts on disk. Digests stay as
 * they are; blobs are streamed, mounted where both places are on one registry, and skipped where they are there
 * already. Signatures and other referrers are in place before the tag is.
 * @param target without tag and digest: the source's tag, or else its digest.
 * @throws MeshwasmError REFERENCE_INVALID, OPTION_INVALID, TAG_EXISTS when a released version names other content at
 *   the target, SIZE_LIMIT for a blob over `maxLayerBytes`, and those of the stores.
 */
export async function copy(source: string, target: string, options: CopyOptions = {}): Promise<CopyResult> {
  const [from, to] = [parseReference(source), parseReference(target)];
  checkCredentials(from, to, options);
  const sourceOptions = options.sourceOptions ?? options;
  const sourceStore = openStore(from, "pull", sourceOptions);
  const targetStore = withProgress(openStore(to, "pull,push", options), options);
  try {
    const manifest = await sourceStore.getManifest(referenceTarget(from));
    const { digest } = manifest;
    const name = nameOf(from, to, digest);
    if (name !== digest) {
      const current = await targetStore.headManifest(name);
      checkReleasedTag(targetStore.place, name, { current, wanted: digest }, options);
    }
    const maxBlobBytes = resolveSizes(sourceOptions).maxLayerBytes;
    const copier = new Copier(sourceStore, targetStore, {
      maxBlobBytes,
      mountFrom: mountable(from, to),
      onProgress: options.onProgress,
    });
    if (options.recursive) {
      if ((await targetStore.headManifest(name)) !== digest) await copier.copy(manifest, digest);
      await copier.copyReferrers(manifest);
    }
    await copier.copy(manifest, name);
    const ref = formatReference(withTarget(to, name === digest ? { digest } : { tag: name }));
    const mediaType = parseManifestOrIndexType(manifest.bytes, manifest.mediaType);
    return { ref, digest, mediaType, ...copier.counts };
  } finally {
    await Promise.all([sourceStore.close(), targetStore.close()]);
  }
}

function nameOf(from: Reference, to: Reference, digest: string): string {
  if (to.digest !== undefined && to.digest !== digest) {
    const message = `${formatReference(to)} names a digest, but the source is ${digest}`;
    throw new MeshwasmError("REFERENCE_INVALID", message, { hint: "name the target by tag, or by nothing" });
  }
  if (to.digest !== undefined) return digest;
  return to.tag ?? from.tag ?? (from.digest === undefined ? "latest" : digest);
}

function mountable(from: Reference, to: Reference): string | undefined {
  if (isLayoutReference(from) || isLayoutReference(to) || from.host !== to.host) return undefined;
  return from.repository === to.repository ? undefined : from.repository;
}

function checkCredentials(from: Reference, to: Reference, options: CopyOptions): void {
  if (!options.credentials || options.sourceOptions || isLayoutReference(from) || isLayoutReference(to))
    return;
  if (from.host === to.host) return;
  const message = `one pair of credentials was given for two registries: ${from.host}, ${to.host}`;
  throw new MeshwasmError("OPTION_INVALID", message, { hint: "log in to both instead" });
}
