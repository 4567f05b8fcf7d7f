import type { Descriptor } from "../descriptor.js";
import { MeshwasmError } from "../errors.js";
import { skipBytes } from "../store/skip-bytes.js";
import type { Connection } from "./connection.js";
import { markPassing, waitToRetry } from "./retry.js";
import type { HttpResponse } from "./transport.js";

// A cut after so much more is a new misfortune, not the old one again.
const progressBytes = 1024 * 1024;

/**
 * The bytes of a blob from an offset on, whose digest the caller checks. After a broken connection it asks for the rest only; a registry
 * that ignores ranges is read again up to there.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs.
 * @throws MeshwasmError NOT_FOUND, SIZE_MISMATCH, REGISTRY_ERROR, and those of the network.
 */
export async function* downloadBlob(
  connection: Connection,
  descriptor: Descriptor,
  from = 0,
): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = from;
  if (from > 0 && from === descriptor.size) return;
  let [failures, failedAt] = [0, from];
  for (;;) {
    try {
      for await (const chunk of bodyFrom(connection, descriptor, offset)) {
        offset += chunk.length;
        yield chunk;
      }
      if (offset >= descriptor.size) return;
      const message = `${nameOf(descriptor, connection)} ended after ${offset} of ${descriptor.size} bytes`;
      throw markPassing(new MeshwasmError("SIZE_MISMATCH", message));
    } catch (error) {
      if (offset - failedAt >= progressBytes) failures = 0;
      await waitToRetry(connection.options, error, failures++);
      failedAt = offset;
    }
  }
}

async function* bodyFrom(
  connection: Connection,
  descriptor: Descriptor,
  offset: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { digest } = descriptor;
  const url = connection.url(`blobs/${digest}`);
  const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
  const response = await connection.send({ method: "GET", url, headers });
  const isPartial = response.status === 206 && offset > 0;
  if (response.status !== 200 && !isPartial) {
    throw await connection.error(response, `blob ${connection.repository}@${digest}`);
  }
  await checkLength(response, descriptor, connection, isPartial ? offset : 0);
  yield* isPartial ? response.body : skipBytes(response.body, offset);
}

async function checkLength(
  response: HttpResponse,
  descriptor: Descriptor,
  connection: Connection,
  start: number,
): Promise<void> {
  const name = nameOf(descriptor, connection);
  const length = response.header("content-length");
  if (length !== undefined && Number(length) !== descriptor.size - start) {
    await response.discard();
    const total = Number(length) + start;
    const message = `${name} has ${total} bytes, its descriptor says ${descriptor.size}`;
    throw new MeshwasmError("SIZE_MISMATCH", message);
  }
  if (start === 0) return;
  const range = response.header("content-range") ?? "";
  if (range.startsWith(`bytes ${start}-`)) return;
  await response.discard();
  throw new MeshwasmError("REGISTRY_ERROR", `${name} was asked for from byte ${start}, but came as ${range}`);
}

function nameOf({ digest }: Descriptor, { repository, host }: Connection): string {
  return `blob ${repository}@${digest} of ${host}`;
}
