import type { Consumer } from "./artifact/loadable-by.js";
import type { PackedArtifact } from "./artifact/packed.js";
import { MeshwasmError } from "./errors.js";
import { isTagsUnknown } from "./list-tags.js";
import {
  formatPlace,
  formatReference,
  isLayoutReference,
  parseReference,
  type Reference,
  referenceTarget,
  withTarget,
} from "./reference.js";
import type { RemoteOptions } from "./remote/options.js";
import { openStore } from "./store/open.js";
import { announce, type ProgressOption, withProgress } from "./store/progress.js";
import type { Store } from "./store/store.js";
import { checkReleasedTag, type ForceOption } from "./version/released-tag.js";
import { parseVersion } from "./version/semver.js";
import { semverTags } from "./version/semver-tags.js";

/** How {@link push} reaches the registry, and which tags it sets. */
export interface PushOptions extends RemoteOptions, ForceOption, ProgressOption {
  /**
   * True: a reference whose tag is a release gets the moving tags of {@link semverTags} too. Absent: only what is
   * named is set.
   */
  semverTags?: boolean | undefined;
  /**
   * Called for each repository or layout with the artifact there by digest, before any tag names it: what is attached
   * now, a signature for example, is there as soon as the tag is. Absent: nothing is attached.
   */
  beforeTags?: ((ref: string) => Promise<void>) | undefined;
}

/** What was pushed to one reference. */
export interface PushResult {
  /** The reference with what was left out filled in: `HOST/REPOSITORY:TAG`, `oci:DIR:TAG`, or `@DIGEST`. */
  ref: string;
  /** Digest of the manifest. */
  digest: string;
  mediaType: string;
  /** Bytes of manifest, config and layers: what a first pull transfers. */
  bytes: number;
  /** Bytes of blobs and manifests sent this time; 0 when the store had it all. */
  uploadedBytes: number;
  /** Digest of the module alone. */
  wasmDigest: string;
  loadableBy: Consumer[];
}

// One place with all that goes there, and what each target names before the push.
interface Group {
  store: Store;
  references: Reference[];
  current: Map<string, string | undefined>;
}

/**
 * Pushes an artifact to one or more references: blobs first, each once per repository and only if missing, the
 * manifest last, so that no tag ever names something incomplete. A reference without tag or digest means
 * `latest`; one with a digest must carry the artifact's own.
 * All references are checked before anything is sent.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#push.
 * @returns one result for each reference in the order given, then one for each moving tag.
 * @throws MeshwasmError REFERENCE_INVALID, OPTION_INVALID, TAG_EXISTS when a released version names other content,
 *   and those of the store.
 */
export async function push(
  artifact: PackedArtifact,
  references: readonly string[],
  options: PushOptions = {},
): Promise<PushResult[]> {
  const parsed = references.map(parseReference);
  for (const reference of parsed) checkDigest(reference, artifact);
  checkHosts(parsed, options);
  if (options.semverTags) parsed.forEach(checkVersion);
  const groups = byPlace(parsed, options);
  try {
    for (const group of groups) await look(group, artifact, options);
    announce(
      [artifact.config, ...artifact.layers].map(({ descriptor }) => descriptor),
      options,
    );
    const results = new Map<string, PushResult>();
    for (const group of groups) await pushGroup(group, artifact, results, options.beforeTags);
    const named = parsed.map((reference) => results.get(canonical(reference))).filter((r) => r !== undefined);
    return [...named, ...[...results.values()].filter((result) => !named.includes(result))];
  } finally {
    for (const { store } of groups) await store.close();
  }
}

// Everything that can be refused is refused here, before the first byte is sent anywhere.
async function look(group: Group, artifact: PackedArtifact, options: PushOptions): Promise<void> {
  const { store, references, current } = group;
  if (options.semverTags) references.push(...(await movingReferences(group)));
  for (const reference of references) {
    const target = referenceTarget(reference);
    const found = await store.headManifest(target);
    current.set(target, found);
    checkReleasedTag(store.place, target, { current: found, wanted: artifact.digest }, options);
  }
}

async function movingReferences({ store, references }: Group): Promise<Reference[]> {
  const existing = await store.listTags().catch((error: unknown) => {
    if (isTagsUnknown(error)) return [];
    throw error;
  });
  const versions = references.flatMap(({ tag }) => (tag === undefined ? [] : [tag]));
  const moving = versions.flatMap((version) => semverTags(version, [...existing, ...versions]));
  return [...new Set(moving)].flatMap((tag) => {
    const [first] = references;
    return first ? [withTarget(first, { tag })] : [];
  });
}

async function pushGroup(
  { store, references, current }: Group,
  artifact: PackedArtifact,
  results: Map<string, PushResult>,
  beforeTags: PushOptions["beforeTags"],
): Promise<void> {
  const blobs = [artifact.config, ...artifact.layers];
  const total = blobs.reduce((sum, { bytes }) => sum + bytes.length, artifact.manifestBytes.length);
  let blobsChecked = false;
  let sentByDigest = 0;
  const [first] = references;
  if (beforeTags && first) {
    if ((await store.headManifest(artifact.digest)) === undefined) {
      for (const { descriptor, bytes } of blobs) sentByDigest += await store.putBlob(descriptor, bytes);
      await store.putManifest(artifact.digest, artifact.mediaType, artifact.manifestBytes);
      sentByDigest += artifact.manifestBytes.length;
    }
    blobsChecked = true;
    await beforeTags(formatReference(withTarget(first, { digest: artifact.digest })));
  }
  for (const reference of references) {
    const target = referenceTarget(reference);
    const ref = canonical(reference);
    if (results.has(ref)) continue;
    let uploadedBytes = sentByDigest;
    sentByDigest = 0;
    // A manifest that is there has its blobs: the store refused it otherwise.
    if (current.get(target) !== artifact.digest) {
      if (!blobsChecked) {
        for (const { descriptor, bytes } of blobs) uploadedBytes += await store.putBlob(descriptor, bytes);
      }
      blobsChecked = true;
      await store.putManifest(target, artifact.mediaType, artifact.manifestBytes);
      uploadedBytes += artifact.manifestBytes.length;
    }
    const { digest, mediaType, wasmDigest, loadableBy } = artifact;
    results.set(ref, { ref, digest, mediaType, bytes: total, uploadedBytes, wasmDigest, loadableBy });
  }
}

function canonical(reference: Reference): string {
  return formatReference(
    reference.tag === undefined && reference.digest === undefined
      ? { ...reference, tag: "latest" }
      : reference,
  );
}

function checkDigest(reference: Reference, artifact: PackedArtifact): void {
  if (reference.digest === undefined || reference.digest === artifact.digest) return;
  throw new MeshwasmError(
    "REFERENCE_INVALID",
    `reference ${formatReference(reference)} names a digest, but the artifact is ${artifact.digest}`,
    { hint: "push to a tag; the registry derives the digest from the content" },
  );
}

function checkVersion(reference: Reference): void {
  if (reference.tag !== undefined && parseVersion(reference.tag)) return;
  throw new MeshwasmError(
    "OPTION_INVALID",
    `moving tags were asked for, but ${formatReference(reference)} has no version as its tag`,
    { hint: "push to a version, e.g. registry.example.com/filters/hello:1.2.3" },
  );
}

function checkHosts(references: readonly Reference[], options: PushOptions): void {
  const hosts = new Set(references.flatMap((each) => (isLayoutReference(each) ? [] : [each.host])));
  if (options.credentials && hosts.size > 1) {
    const message = `one pair of credentials was given for ${hosts.size} registries: ${[...hosts].join(", ")}`;
    throw new MeshwasmError("OPTION_INVALID", message, { hint: "push to one registry at a time" });
  }
}

function byPlace(references: readonly Reference[], options: PushOptions): Group[] {
  const groups = new Map<string, Group>();
  for (const reference of references) {
    const place = formatPlace(reference);
    const group = groups.get(place);
    if (group) group.references.push(reference);
    else {
      const store = withProgress(openStore(reference, "pull,push", options), options);
      groups.set(place, { store, references: [reference], current: new Map() });
    }
  }
  return [...groups.values()];
}
