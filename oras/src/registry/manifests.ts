import { digestLike, isDigest, isTag } from "./grammar.js";
import { checkManifest } from "./manifest-check.js";
import { empty, failure, json, type Reply } from "./reply.js";
import type { RoutedRequest } from "./request.js";
import { openRepository, type Repository, type Store } from "./store.js";

/** `GET`, `HEAD`, `PUT` and `DELETE /v2/<name>/manifests/<tag or digest>`. */
export function manifest(
  store: Store,
  name: string,
  target: string,
  request: RoutedRequest,
  maxBytes: number,
): Reply {
  const isByDigest = target.includes(":");
  if (isByDigest ? !isDigest(target) : !isTag(target)) {
    return failure(isByDigest ? "DIGEST_INVALID" : "TAG_INVALID", "the tag or digest is not valid");
  }
  if (request.method === "PUT")
    return putManifest(openRepository(store, name), name, target, request, maxBytes);
  const repository = store.repositories.get(name);
  if (!repository) return failure("NAME_UNKNOWN", "no such repository", { detail: { name } });
  const digest = isByDigest ? target : repository.tags.get(target);
  const stored = digest === undefined ? undefined : repository.manifests.get(digest);
  if (digest === undefined || !stored)
    return failure("MANIFEST_UNKNOWN", "no such manifest", { detail: { target } });
  switch (request.method) {
    case "GET":
    case "HEAD": {
      const headers = {
        "content-type": stored.mediaType,
        "docker-content-digest": digest,
        etag: `"${digest}"`,
      };
      return { status: 200, headers, body: stored.bytes };
    }
    case "DELETE":
      remove(repository, target, digest);
      return empty(202);
    default:
      return failure("UNSUPPORTED", `${request.method} is not allowed on a manifest`);
  }
}

function putManifest(
  repository: Repository,
  name: string,
  target: string,
  request: RoutedRequest,
  maxBytes: number,
): Reply {
  const { body } = request;
  if (body.length > maxBytes) {
    return failure("SIZE_INVALID", `a manifest has at most ${maxBytes} bytes`, { status: 413 });
  }
  const isByDigest = isDigest(target);
  const digest = digestLike(body, isByDigest ? target : "sha256:");
  if (isByDigest && digest !== target) return failure("DIGEST_INVALID", "the manifest has another digest");
  const checked = checkManifest(repository, request.headers["content-type"], body);
  if ("refusal" in checked) return checked.refusal;
  repository.manifests.set(digest, checked.manifest);
  if (!isByDigest) repository.tags.set(target, digest);
  const { subject } = checked.manifest;
  return empty(201, {
    location: `/v2/${name}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(subject === undefined ? {} : { "oci-subject": subject }),
  });
}

// Deleting by tag removes the tag only; deleting by digest removes the manifest and every tag that names it.
function remove(repository: Repository, target: string, digest: string): void {
  if (target !== digest) {
    repository.tags.delete(target);
    return;
  }
  repository.manifests.delete(digest);
  for (const [tag, tagged] of repository.tags) if (tagged === digest) repository.tags.delete(tag);
}

/**
 * `GET /v2/<name>/referrers/<digest>`: an index of what refers to a manifest, which itself may be unknown.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers.
 */
export function referrers(store: Store, name: string, digest: string, request: RoutedRequest): Reply {
  if (!isDigest(digest)) return failure("DIGEST_INVALID", "the digest is not valid");
  if (request.method !== "GET") return failure("UNSUPPORTED", "referrers can only be read");
  const wanted = request.query.get("artifactType");
  const manifests = [...(store.repositories.get(name)?.manifests ?? [])]
    .filter(([, stored]) => stored.subject === digest && (wanted === null || stored.artifactType === wanted))
    .map(([own, { mediaType, bytes, artifactType, annotations }]) => ({
      mediaType,
      digest: own,
      size: bytes.length,
      ...(artifactType === undefined ? {} : { artifactType }),
      ...(annotations === undefined ? {} : { annotations }),
    }));
  const mediaType = "application/vnd.oci.image.index.v1+json";
  return json(
    200,
    { schemaVersion: 2, mediaType, manifests },
    {
      "content-type": mediaType,
      ...(wanted === null ? {} : { "oci-filters-applied": "artifactType" }),
    },
  );
}
