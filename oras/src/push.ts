import type { Consumer } from "./artifact/loadable-by.js";
import type { PackedArtifact } from "./artifact/pack.js";
import { MeshwasmError } from "./errors.js";
import { formatReference, parseReference, type Reference, referenceTarget } from "./reference.js";
import type { RemoteOptions } from "./remote/options.js";
import { RepositoryClient } from "./remote/repository-client.js";

/** How {@link push} reaches the registry. */
export interface PushOptions extends RemoteOptions {}

/** What was pushed to one reference. */
export interface PushResult {
  /** The reference with what was left out filled in: `HOST/REPOSITORY:TAG`, or `@DIGEST`. */
  ref: string;
  /** Digest of the manifest. */
  digest: string;
  mediaType: string;
  /** Bytes of manifest, config and layers: what a first pull transfers. */
  bytes: number;
  /** Bytes of blobs and manifests sent this time; 0 when the registry had it all. */
  uploadedBytes: number;
  /** Digest of the module alone. */
  wasmDigest: string;
  loadableBy: Consumer[];
}

/**
 * Pushes an artifact to one or more references: blobs first, each once per repository and only if missing, the
 * manifest last, so that no tag ever names something incomplete. A reference without tag or digest means
 * `latest`; one with a digest must carry the artifact's own.
 * All references are checked before anything is sent.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#push.
 * @throws MeshwasmError REFERENCE_INVALID, OPTION_INVALID, and those of {@link RepositoryClient}.
 */
export async function push(
  artifact: PackedArtifact,
  references: readonly string[],
  options: PushOptions = {},
): Promise<PushResult[]> {
  const parsed = references.map(parseReference);
  for (const reference of parsed) checkDigest(reference, artifact);
  checkHosts(parsed, options);
  const results: PushResult[] = [];
  for (const group of byRepository(parsed)) results.push(...(await pushGroup(artifact, group, options)));
  // In the order given, whatever repository each belongs to.
  return parsed
    .map((reference) => results.find(({ ref }) => ref === canonical(reference)))
    .filter((r) => r !== undefined);
}

async function pushGroup(
  artifact: PackedArtifact,
  group: readonly [Reference, ...Reference[]],
  options: PushOptions,
): Promise<PushResult[]> {
  const client = new RepositoryClient(group[0].host, group[0].repository, "pull,push", options);
  const blobs = [artifact.config, ...artifact.layers];
  const total = blobs.reduce((sum, { bytes }) => sum + bytes.length, artifact.manifestBytes.length);
  const results: PushResult[] = [];
  let blobsChecked = false;
  try {
    for (const reference of group) {
      const target = referenceTarget(reference);
      let uploadedBytes = 0;
      // A manifest that is there has its blobs: the registry refused it otherwise.
      if ((await client.headManifest(target)) !== artifact.digest) {
        if (!blobsChecked) for (const blob of blobs) uploadedBytes += await client.putBlob(blob);
        blobsChecked = true;
        await client.putManifest(target, artifact.mediaType, artifact.manifestBytes);
        uploadedBytes += artifact.manifestBytes.length;
      }
      const { digest, mediaType, wasmDigest, loadableBy } = artifact;
      const ref = canonical(reference);
      results.push({ ref, digest, mediaType, bytes: total, uploadedBytes, wasmDigest, loadableBy });
    }
  } finally {
    await client.close();
  }
  return results;
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

function checkHosts(references: readonly Reference[], options: PushOptions): void {
  const hosts = new Set(references.map(({ host }) => host));
  if (options.credentials && hosts.size > 1) {
    const message = `one pair of credentials was given for ${hosts.size} registries: ${[...hosts].join(", ")}`;
    throw new MeshwasmError("OPTION_INVALID", message, { hint: "push to one registry at a time" });
  }
}

function byRepository(references: readonly Reference[]): [Reference, ...Reference[]][] {
  const groups = new Map<string, [Reference, ...Reference[]]>();
  for (const reference of references) {
    const key = `${reference.host}/${reference.repository}`;
    const group = groups.get(key);
    if (group) group.push(reference);
    else groups.set(key, [reference]);
  }
  return [...groups.values()];
}
