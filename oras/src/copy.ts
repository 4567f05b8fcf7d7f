import { Copier, type CopyCounts } from "./copy/copier.js";
import { MeshwasmError } from "./errors.js";
import { parseManifestOrIndexType } from "./manifest-type.js";
import {
  formatReference,
  isLayoutReference,
  parsePlace,
  parseReference,
  type Reference,
  referenceTarget,
  withTarget,
} from "./reference.js";
import { type RemoteOptions, resolveSizes } from "./remote/options.js";
import { openStore } from "./store/open.js";
import { type ProgressOption, withProgress } from "./store/progress.js";
import { isReferrersTag } from "./store/referrers-tag.js";
import { checkReleasedTag, type ForceOption } from "./version/released-tag.js";
import { sortTags } from "./version/sort-tags.js";

/** How {@link copy} reaches both places, and what it copies. */
export interface CopyOptions extends RemoteOptions, ForceOption, ProgressOption {
  /** True: with signatures, SBOMs and all else that refers to it. Absent: the artifact alone. */
  recursive?: boolean | undefined;
  /** How the source is reached. Absent: as the target. */
  sourceOptions?: RemoteOptions | undefined;
}

/** A copied artifact. */
export interface CopiedArtifact {
  /** The copy, by tag or digest. */
  ref: string;
  /** Digest of the manifest or index; the same at both places. */
  digest: string;
  mediaType: string;
}

/** What {@link copy} did. */
export interface CopyResult extends CopiedArtifact, CopyCounts {}

/** What {@link copyAll} did. */
export interface CopyAllResult extends CopyCounts {
  /** In the order of `listTags`. */
  copies: CopiedArtifact[];
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
  return withCopier(source, target, options, async (copier, from, to) => {
    const copied = await copyOne(copier, from, to, options);
    return { ...copied, ...copier.counts };
  });
}

/**
 * Copies all tags of a repository or layout, as {@link copy} does each, sixteen at a time. Tags that only hold referrers
 * go with the artifacts that they belong to, or not at all.
 * @param source without tag and digest; as is `target`.
 * @throws MeshwasmError as {@link copy}, of the first tag that fails; what was copied stays.
 */
export async function copyAll(
  source: string,
  target: string,
  options: CopyOptions = {},
): Promise<CopyAllResult> {
  const why = "all tags are copied under their own names";
  for (const place of [source, target]) parsePlace(place, why);
  return withCopier(source, target, options, async (copier, from, to) => {
    const tags = sortTags((await copier.source.listTags()).filter((tag) => !isReferrersTag(tag)));
    const copies: CopiedArtifact[] = [];
    const left = [...tags.entries()];
    const work = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [index, tag] = next;
        copies[index] = await copyOne(copier.another(), withTarget(from, { tag }), to, options);
      }
    };
    const stopAll = (error: unknown) => {
      left.length = 0;
      throw error;
    };
    // Those that are on their way may arrive, before the places are closed.
    const ended = await Promise.allSettled(Array.from({ length: atOnce }, () => work().catch(stopAll)));
    for (const each of ended) if (each.status === "rejected") throw each.reason;
    return { copies, ...copier.counts };
  });
}

const atOnce = 16;

async function withCopier<T>(
  source: string,
  target: string,
  options: CopyOptions,
  work: (copier: Copier, from: Reference, to: Reference) => Promise<T>,
): Promise<T> {
  const [from, to] = [parseReference(source), parseReference(target)];
  checkCredentials(from, to, options);
  const sourceOptions = options.sourceOptions ?? options;
  const sourceStore = openStore(from, "pull", sourceOptions);
  const targetStore = withProgress(openStore(to, "pull,push", options), options);
  const copier = new Copier(sourceStore, targetStore, {
    maxBlobBytes: resolveSizes(sourceOptions).maxLayerBytes,
    mountFrom: mountable(from, to),
    onProgress: options.onProgress,
  });
  try {
    return await work(copier, from, to);
  } finally {
    await Promise.all([sourceStore.close(), targetStore.close()]);
  }
}

async function copyOne(
  copier: Copier,
  from: Reference,
  to: Reference,
  options: CopyOptions,
): Promise<CopiedArtifact> {
  const { source, target } = copier;
  const manifest = await source.getManifest(referenceTarget(from));
  const { digest } = manifest;
  const name = nameOf(from, to, digest);
  if (name !== digest) {
    const current = await target.headManifest(name);
    checkReleasedTag(target.place, name, { current, wanted: digest }, options);
  }
  if (options.recursive) {
    if ((await target.headManifest(name)) !== digest) await copier.copy(manifest, digest);
    await copier.copyReferrers(manifest);
  }
  await copier.copy(manifest, name);
  const ref = formatReference(withTarget(to, name === digest ? { digest } : { tag: name }));
  return { ref, digest, mediaType: parseManifestOrIndexType(manifest.bytes, manifest.mediaType) };
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
