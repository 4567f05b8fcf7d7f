import type { Descriptor } from "../descriptor.js";
import { MeshwasmError } from "../errors.js";
import type { BlobContent, PutBlobOptions } from "../store/store.js";
import type { Connection } from "./connection.js";
import { type HttpRequest, type HttpResponse, resolveLocation } from "./transport.js";

/**
 * Uploads a blob in one request after the one that starts it, or mounts it from another repository.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs.
 * @returns the bytes uploaded: its size, or 0 when it was mounted.
 */
export async function uploadBlob(
  connection: Connection,
  descriptor: Descriptor,
  content: BlobContent,
  options: PutBlobOptions,
): Promise<number> {
  const { digest, size } = descriptor;
  const subject = `blob ${connection.repository}@${digest}`;
  const started = await start(connection, digest, options.mountFrom);
  if (started.status === 201 && options.mountFrom !== undefined) {
    await started.discard();
    return 0;
  }
  if (started.status !== 202) throw await connection.error(started, subject);
  await started.discard();
  const location = started.header("location");
  if (location === undefined) {
    const message = `registry ${connection.host} names no place to upload ${subject} to`;
    throw new MeshwasmError("REGISTRY_ERROR", message);
  }
  const url = withDigest(resolveLocation(location, started.url), digest);
  const headers = { "content-type": "application/octet-stream" };
  const body: HttpRequest["body"] = content instanceof Uint8Array ? content : { size, open: content };
  const done = await connection.send({ method: "PUT", url, headers, body });
  if (done.status !== 201) throw await connection.error(done, subject);
  await done.discard();
  const stored = done.header("docker-content-digest");
  if (content instanceof Uint8Array) connection.checkDigest(content, stored, subject);
  // A stream was checked on its way; a registry may name it in another algorithm, which nothing is left to check by.
  else if (stored?.startsWith(digest.slice(0, 7)) && stored !== digest)
    throw connection.mismatch(stored, subject);
  return size;
}

async function start(
  connection: Connection,
  digest: string,
  from: string | undefined,
): Promise<HttpResponse> {
  const plain = connection.url("blobs/uploads/");
  if (from === undefined) return connection.send({ method: "POST", url: plain, headers: {} });
  const url = new URL(plain);
  url.searchParams.set("mount", digest);
  url.searchParams.set("from", from);
  const response = await connection.send({ method: "POST", url, headers: {} });
  if (response.status === 201 || response.status === 202) return response;
  // Whoever may not read the other repository may still upload.
  await response.discard();
  return connection.send({ method: "POST", url: plain, headers: {} });
}

// The upload URL is opaque: its query is extended as text, since parsing and writing it again could change it.
function withDigest(url: URL, digest: string): URL {
  const target = new URL(url);
  const parameter = `digest=${encodeURIComponent(digest)}`;
  target.search = target.search === "" ? parameter : `${target.search}&${parameter}`;
  return target;
}
