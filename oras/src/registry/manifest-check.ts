import { isDigest } from "./grammar.js";
import { failure, type Reply } from "./reply.js";
import type { Repository, StoredManifest } from "./store.js";

const imageTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
// Layers of this kind are not distributed and may be missing.
const foreignLayer = /nondistributable|\.foreign\./;

interface RawDescriptor {
  mediaType?: unknown;
  digest?: unknown;
  size?: unknown;
}

/**
 * Checks a pushed manifest: JSON of a known type that agrees with its Content-Type, whose blobs or manifests are
 * all there. A subject may be missing.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests.
 * @returns what to store, or the refusal.
 */
export function checkManifest(
  repository: Repository,
  contentType: string | undefined,
  bytes: Uint8Array,
): { manifest: StoredManifest } | { refusal: Reply } {
  const refuse = (message: string) => ({ refusal: failure("MANIFEST_INVALID", message) });
  const document = parse(bytes);
  if (!document) return refuse("the manifest is no JSON object");
  const mediaType = contentType?.split(";")[0]?.trim() ?? "";
  if (document.mediaType !== undefined && document.mediaType !== mediaType) {
    return refuse(`Content-Type ${mediaType} is not the manifest's mediaType`);
  }
  if (document.schemaVersion !== 2) return refuse("schemaVersion is not 2");
  const isIndex = indexTypes.includes(mediaType);
  if (!isIndex && !imageTypes.includes(mediaType)) return refuse(`unknown media type ${mediaType}`);
  const children = isIndex ? [document.manifests] : [[document.config], document.layers];
  if (!children.every(Array.isArray)) return refuse("config and layers, or manifests, are missing");
  for (const child of children.flat() as RawDescriptor[]) {
    const problem = childProblem(repository, child, isIndex);
    if (problem) return { refusal: problem };
  }
  return withSubject(document, mediaType, bytes) ?? refuse("the subject is no descriptor");
}

function childProblem(
  repository: Repository,
  child: RawDescriptor | null,
  isIndex: boolean,
): Reply | undefined {
  const { mediaType, digest, size } = child ?? {};
  if (
    typeof mediaType !== "string" ||
    typeof digest !== "string" ||
    !isDigest(digest) ||
    !Number.isInteger(size)
  ) {
    return failure("MANIFEST_INVALID", "a descriptor is not valid");
  }
  const stored = isIndex ? repository.manifests.get(digest)?.bytes : repository.blobs.get(digest);
  if (!stored) {
    if (foreignLayer.test(mediaType)) return undefined;
    return failure("MANIFEST_BLOB_UNKNOWN", "the manifest refers to something unknown", {
      detail: { digest },
    });
  }
  if (stored.length !== size)
    return failure("SIZE_INVALID", "a descriptor has a wrong size", { detail: { digest } });
  return undefined;
}

function withSubject(
  document: Record<string, unknown>,
  mediaType: string,
  bytes: Uint8Array,
): { manifest: StoredManifest } | undefined {
  const manifest: StoredManifest = { mediaType, bytes };
  const config = document.config as RawDescriptor | undefined;
  // A referrer without an artifactType is listed by the type of its config.
  const artifactType = document.artifactType ?? config?.mediaType;
  if (typeof artifactType === "string") manifest.artifactType = artifactType;
  if (document.annotations) manifest.annotations = document.annotations as Record<string, string>;
  if (document.subject === undefined) return { manifest };
  const { digest } = (document.subject ?? {}) as RawDescriptor;
  if (typeof digest !== "string" || !isDigest(digest)) return undefined;
  return { manifest: { ...manifest, subject: digest } };
}

function parse(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
