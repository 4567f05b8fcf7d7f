import { pipeline } from "node:stream/promises";
import { createGunzip, gunzipSync } from "node:zlib";
import { gzipSync } from "fflate";
import { MeshwasmError } from "../errors.js";
import type { BlobContent } from "../store/store.js";

// What is kept while it is not known yet whether all of it is wanted.
const keptBytes = 8 * 1024 * 1024;

/**
 * Compresses to a gzip whose bytes depend on nothing but the input: a deflate in JavaScript, since two builds of
 * zlib compress the same bytes differently; time 0, no name, operating system "Unix".
 * See https://www.rfc-editor.org/rfc/rfc1952.
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  // `mem` is given because its default is computed with Math.log, whose last digit engines may choose.
  return gzipSync(bytes, { level: 9, mem: 12, mtime: 0 });
}

/**
 * Decompresses a gzip of at most `maxBytes` unpacked bytes. A longer one is refused when it passes the limit, and
 * costs little memory: what unpacks to more than 8 MiB is counted first and kept on a second pass.
 * @throws MeshwasmError SIZE_LIMIT; ARCHIVE_INVALID when damaged.
 */
export async function gunzip(content: BlobContent, maxBytes: number): Promise<Uint8Array> {
  const small =
    content instanceof Uint8Array ? gunzipSmall(content, Math.min(keptBytes, maxBytes)) : undefined;
  if (small) return small;
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of inflated(content)) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new MeshwasmError("SIZE_LIMIT", `a layer unpacks to more than ${maxBytes} bytes`, {
        hint: "raise maxUnpackedBytes if this artifact is trusted",
      });
    }
    if (size <= keptBytes) kept.push(chunk);
    else kept.length = 0;
  }
  const unpacked = new Uint8Array(size);
  let offset = 0;
  for await (const chunk of size <= keptBytes ? kept : inflated(content)) {
    unpacked.set(chunk, offset);
    offset += chunk.length;
  }
  return unpacked;
}

// At once, which takes half of the time; undefined: it is no small one, or none at all.
function gunzipSmall(content: Uint8Array, maxOutputLength: number): Uint8Array | undefined {
  try {
    const { buffer, byteOffset, length } = gunzipSync(content, { maxOutputLength, chunkSize: 256 * 1024 });
    return new Uint8Array(buffer, byteOffset, length);
  } catch {
    return undefined;
  }
}

async function* inflated(content: BlobContent): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createGunzip({ chunkSize: 256 * 1024 });
  const source = content instanceof Uint8Array ? [content] : content();
  const fed = pipeline(source, stream).catch(() => undefined);
  try {
    for await (const chunk of stream) yield chunk;
  } catch (cause) {
    throw new MeshwasmError("ARCHIVE_INVALID", "a layer is no valid gzip", { cause });
  } finally {
    // Whoever has seen enough ends the reading too.
    stream.destroy();
    await fed;
  }
}
