import type { Descriptor } from "../descriptor.js";
import { digesterFor } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import type { KnownBytes } from "../store/store.js";
import { markPassing } from "./retry.js";

/**
 * Reads a body of at most `maxBytes`; a longer one is refused as soon as it passes the limit.
 * @param what names it for the message, e.g. `the manifest of registry.example.com`.
 * @throws MeshwasmError SIZE_LIMIT.
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  what: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new MeshwasmError("SIZE_LIMIT", `${what} is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * Passes content on while checking it against its descriptor: never more than its size, and the right digest at
 * the end. Whoever consumes it must not use the content before the iteration has ended without an error.
 * @param known what came before `body`. Absent: nothing.
 * @throws MeshwasmError SIZE_MISMATCH, DIGEST_MISMATCH, from the iteration.
 */
export async function* verified(
  body: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  host: string,
  known?: KnownBytes,
): AsyncGenerator<Uint8Array, void, undefined> {
  const digester = digesterFor(descriptor.digest);
  const blob = `blob ${descriptor.digest} of ${host}`;
  if (known) for await (const chunk of known.open()) digester.update(chunk);
  let size = known?.size ?? 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > descriptor.size) {
      throw new MeshwasmError(
        "SIZE_MISMATCH",
        `${blob} is longer than the ${descriptor.size} bytes announced`,
      );
    }
    digester.update(chunk);
    yield chunk;
  }
  if (size < descriptor.size) {
    const message = `${blob} ended after ${size} of ${descriptor.size} bytes`;
    throw markPassing(new MeshwasmError("SIZE_MISMATCH", message));
  }
  if (digester.digest() !== descriptor.digest) {
    throw new MeshwasmError("DIGEST_MISMATCH", `${blob} has other content than its digest says`, {
      hint: "the registry, or something between, changed it: nothing of it was used",
    });
  }
}
