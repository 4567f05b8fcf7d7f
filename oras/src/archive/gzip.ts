import { promisify } from "node:util";
import { gunzip as gunzipCallback } from "node:zlib";
import { gzipSync } from "fflate";
import { MeshwasmError } from "../errors.js";

const gunzipAsync = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzipCallback);

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
 * Decompresses a gzip of at most `maxBytes` unpacked bytes; a longer one is refused when it passes the limit, so
 * a bomb costs no more memory than the limit.
 * @throws MeshwasmError SIZE_LIMIT; ARCHIVE_INVALID when damaged.
 */
export async function gunzip(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, length } = await gunzipAsync(bytes, {
      maxOutputLength: Math.max(1, maxBytes),
    });
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new MeshwasmError("SIZE_LIMIT", `a layer unpacks to more than ${maxBytes} bytes`, {
        hint: "raise maxUnpackedBytes if this artifact is trusted",
      });
    }
    throw new MeshwasmError("ARCHIVE_INVALID", "a layer is no valid gzip", { cause });
  }
}
