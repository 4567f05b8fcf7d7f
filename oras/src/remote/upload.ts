import type { Descriptor } from "../descriptor.js";
import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import type { BlobContent, PutBlobOptions } from "../store/store.js";
import { minimumChunk, sendChunks } from "./chunked-upload.js";
import type { Connection } from "./connection.js";
import { type HttpRequest, type HttpResponse, resolveLocation } from "./transport.js";

/**
 * Uploads a blob: in one request after the one that starts it, in chunks when it is bigger than those or the registry
 * finds it too big for one request, or by mounting it from another repository.
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
  const session = await openSession(connection, digest, options.mountFrom);
  if (session === undefined) return 0;
  const { uploadChunkBytes } = connection.options;
  const isChunked = uploadChunkBytes > 0 && size > uploadChunkBytes;
  let done = await (isChunked
    ? sendInChunks(connection, descriptor, content, session, uploadChunkBytes)
    : sendWhole(connection, descriptor, content, session.url));
  if (done.status === 413 && !isChunked && size > fallbackChunkBytes) {
    await done.discard();
    const again = await openSession(connection, digest, undefined);
    if (again) done = await sendInChunks(connection, descriptor, content, again, fallbackChunkBytes);
  }
  if (done.status !== 201) throw await connection.error(done, subject);
  await done.discard();
  const stored = done.header("docker-content-digest");
  if (content instanceof Uint8Array) connection.checkDigest(content, stored, subject);
  // A stream was checked on its way; a registry may name it in another algorithm, which nothing is left to check by.
  else if (stored?.startsWith(digest.slice(0, 7)) && stored !== digest)
    throw connection.mismatch(stored, subject);
  return size;
}

// What proxies in front of registries let pass, whatever they are set to.
const fallbackChunkBytes = 1024 * 1024;

interface Session {
  url: URL;
  minimum: number;
}

/** Starts an upload; undefined: the blob was mounted, and there is nothing to send. */
async function openSession(
  connection: Connection,
  digest: string,
  mountFrom: string | undefined,
): Promise<Session | undefined> {
  const subject = `blob ${connection.repository}@${digest}`;
  const started = await start(connection, digest, mountFrom);
  if (started.status === 201 && mountFrom !== undefined) {
    await started.discard();
    return undefined;
  }
  if (started.status !== 202) throw await connection.error(started, subject);
  await started.discard();
  const location = started.header("location");
  if (location === undefined) {
    const message = `registry ${connection.host} names no place to upload ${subject} to`;
    throw new MeshwasmError("REGISTRY_ERROR", message);
  }
  return { url: resolveLocation(location, started.url), minimum: minimumChunk(started) };
}

async function sendWhole(
  connection: Connection,
  { digest, size }: Descriptor,
  content: BlobContent,
  place: URL,
): Promise<HttpResponse> {
  const headers = { "content-type": "application/octet-stream" };
  const body: HttpRequest["body"] = content instanceof Uint8Array ? content : { size, open: content };
  return connection.send({ method: "PUT", url: withDigest(place, digest), headers, body });
}

async function sendInChunks(
  connection: Connection,
  descriptor: Descriptor,
  content: BlobContent,
  session: Session,
  chunkBytes: number,
): Promise<HttpResponse> {
  const bytes = Math.max(chunkBytes, Math.min(session.minimum, limits.uploadChunkBytes));
  const place = await sendChunks(connection, descriptor, content, { url: session.url, chunkBytes: bytes });
  const headers = { "content-type": "application/octet-stream", "content-length": "0" };
  return connection.send({ method: "PUT", url: withDigest(place, descriptor.digest), headers });
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
