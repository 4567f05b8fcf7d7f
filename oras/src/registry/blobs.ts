import { isDigest } from "./grammar.js";
import { empty, failure, type Reply } from "./reply.js";
import type { RoutedRequest } from "./request.js";
import type { Store } from "./store.js";

/**
 * `GET`, `HEAD` and `DELETE /v2/<name>/blobs/<digest>`, with byte ranges.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs.
 */
export function blob(store: Store, name: string, digest: string, request: RoutedRequest): Reply {
  if (!isDigest(digest)) return failure("DIGEST_INVALID", "the digest is not valid");
  const repository = store.repositories.get(name);
  const bytes = repository?.blobs.get(digest);
  if (!repository || !bytes) return failure("BLOB_UNKNOWN", "no such blob", { detail: { digest } });
  switch (request.method) {
    case "GET":
    case "HEAD":
      return content(bytes, digest, request.headers.range);
    case "DELETE":
      repository.blobs.delete(digest);
      return empty(202);
    default:
      return failure("UNSUPPORTED", `${request.method} is not allowed on a blob`);
  }
}

function content(bytes: Uint8Array, digest: string, range: string | undefined): Reply {
  const headers = {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    "accept-ranges": "bytes",
    etag: `"${digest}"`,
  };
  // A range of another form is ignored, as RFC 9110 section 14.2 says.
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return { status: 200, headers, body: bytes };
  const size = bytes.length;
  const start = match[1] === "" ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === "" || match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start >= size || end < start) {
    return failure("RANGE_INVALID", "the range is outside the blob", {
      headers: { "content-range": `bytes */${size}` },
    });
  }
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${start}-${end}/${size}` },
    body: bytes.subarray(start, end + 1),
  };
}
