import { randomUUID } from "node:crypto";
import { digestLike, isDigest } from "./grammar.js";
import { empty, failure, type Reply } from "./reply.js";
import type { RoutedRequest } from "./request.js";
import { openRepository, type Store, type Upload } from "./store.js";

/**
 * `POST /v2/<name>/blobs/uploads/`: starts an upload, or does it all in one request, or mounts from elsewhere.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs.
 */
export function startUpload(store: Store, name: string, request: RoutedRequest): Reply {
  const mount = request.query.get("mount");
  if (mount !== null) {
    const mounted = mountBlob(store, name, mount, request.query.get("from"));
    if (mounted) return mounted;
  }
  const upload: Upload = { id: randomUUID(), name, chunks: [], size: 0 };
  const digest = request.query.get("digest");
  if (digest !== null && mount === null) {
    append(upload, request.body);
    return complete(store, upload, digest);
  }
  store.uploads.set(upload.id, upload);
  return empty(202, progressHeaders(upload));
}

// A mount that cannot be done falls back to an ordinary upload; the source need not be named since 1.1.
function mountBlob(store: Store, name: string, digest: string, from: string | null): Reply | undefined {
  const sources = from === null ? [...store.repositories.keys()] : [from];
  const bytes = sources.map((source) => store.repositories.get(source)?.blobs.get(digest)).find(Boolean);
  if (!bytes) return undefined;
  openRepository(store, name).blobs.set(digest, bytes);
  return created(name, digest);
}

/** `PATCH`, `PUT`, `GET` and `DELETE` on the URL of an upload. */
export function continueUpload(store: Store, name: string, id: string, request: RoutedRequest): Reply {
  const upload = store.uploads.get(id);
  if (!upload || upload.name !== name) return failure("BLOB_UPLOAD_UNKNOWN", "no such upload");
  switch (request.method) {
    case "GET":
      return empty(204, progressHeaders(upload));
    case "DELETE":
      store.uploads.delete(id);
      return empty(204);
    case "PATCH":
      return addChunk(upload, request) ?? empty(202, progressHeaders(upload));
    case "PUT":
      return finishUpload(store, upload, request);
    default:
      return failure("UNSUPPORTED", `${request.method} is not allowed on an upload`);
  }
}

function finishUpload(store: Store, upload: Upload, request: RoutedRequest): Reply {
  const digest = request.query.get("digest");
  if (digest === null) return failure("DIGEST_INVALID", "the digest parameter is missing");
  if (request.body.length > 0 || request.headers["content-range"] !== undefined) {
    const refused = addChunk(upload, request);
    if (refused) return refused;
  }
  store.uploads.delete(upload.id);
  return complete(store, upload, digest);
}

// Chunks come in order: a Content-Range must start where the last one ended and be as long as the body.
function addChunk(upload: Upload, request: RoutedRequest): Reply | undefined {
  const range = request.headers["content-range"];
  if (range !== undefined) {
    const match = /^(\d{1,15})-(\d{1,15})$/.exec(range);
    const length = Number(match?.[2]) - Number(match?.[1]) + 1;
    if (!match || Number(match[1]) !== upload.size || length !== request.body.length) {
      return failure("RANGE_INVALID", `chunk ${range} does not follow byte ${upload.size}`, {
        headers: progressHeaders(upload),
      });
    }
  }
  append(upload, request.body);
  return undefined;
}

function append(upload: Upload, bytes: Uint8Array): void {
  upload.chunks.push(bytes);
  upload.size += bytes.length;
}

function complete(store: Store, upload: Upload, digest: string): Reply {
  if (!isDigest(digest)) return failure("DIGEST_INVALID", "the digest parameter is no digest");
  const bytes = Buffer.concat(upload.chunks, upload.size);
  if (digestLike(bytes, digest) !== digest) {
    return failure("DIGEST_INVALID", "the uploaded content has another digest", { detail: { digest } });
  }
  openRepository(store, upload.name).blobs.set(digest, bytes);
  return created(upload.name, digest);
}

function created(name: string, digest: string): Reply {
  return empty(201, { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest });
}

// The location is relative and has a query, both of which the specification allows and clients get wrong.
function progressHeaders(upload: Upload): Record<string, string> {
  return {
    location: `/v2/${upload.name}/blobs/uploads/${upload.id}?_state=${upload.size}`,
    range: `0-${Math.max(0, upload.size - 1)}`,
    "docker-upload-uuid": upload.id,
  };
}
