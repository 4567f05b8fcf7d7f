import type { Descriptor } from "../descriptor.js";
import { MeshwasmError } from "../errors.js";
import type { BlobContent } from "../store/store.js";
import type { Connection } from "./connection.js";
import { markPassing, waitToRetry } from "./retry.js";
import { type HttpResponse, resolveLocation } from "./transport.js";

/** An upload that was started. */
export interface UploadSession {
  /** Where its next piece goes. */
  url: URL;
  /** Bytes of a piece: what was asked for, or the least that the registry takes. */
  chunkBytes: number;
}

/**
 * Sends a blob piece by piece, all but the closing request. After a broken connection the registry is asked how far it
 * got, and only the rest of that piece is sent again.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks.
 * @returns where the upload is to be closed.
 */
export async function sendChunks(
  connection: Connection,
  descriptor: Descriptor,
  content: BlobContent,
  session: UploadSession,
): Promise<URL> {
  const upload = new ChunkedUpload(connection, descriptor, session.url);
  for await (const chunk of chunksOf(content, session.chunkBytes)) await upload.send(chunk);
  return upload.url;
}

/** The least bytes of a piece that the registry takes, as it said when the upload began; 0: it did not. */
export function minimumChunk(response: HttpResponse): number {
  const header = response.header("oci-chunk-min-length") ?? "";
  return /^[0-9]{1,10}$/.test(header) ? Number(header) : 0;
}

class ChunkedUpload {
  url: URL;
  readonly #connection: Connection;
  readonly #subject: string;
  // Bytes that the registry has.
  #offset = 0;

  constructor(connection: Connection, { digest }: Descriptor, url: URL) {
    this.#connection = connection;
    this.#subject = `blob ${connection.repository}@${digest}`;
    this.url = url;
  }

  async send(chunk: Uint8Array): Promise<void> {
    const start = this.#offset;
    const end = start + chunk.length;
    for (let attempt = 0; this.#offset < end; attempt++) {
      const before = this.#offset;
      let isRecovered = false;
      try {
        await this.#patch(chunk.subarray(this.#offset - start));
      } catch (error) {
        await this.#recover(error, attempt);
        isRecovered = true;
      }
      // Else a registry that takes nothing, and does not call it a failure, would be asked for ever.
      const isStuck = !isRecovered && this.#offset <= before && attempt >= this.#connection.options.retries;
      if (isStuck || this.#offset < start || this.#offset > end) throw this.#outOfStep(start, end);
    }
  }

  async #patch(bytes: Uint8Array): Promise<void> {
    const range = `${this.#offset}-${this.#offset + bytes.length - 1}`;
    const headers = {
      "content-type": "application/octet-stream",
      "content-length": String(bytes.length),
      "content-range": range,
    };
    const response = await this.#connection.send({ method: "PATCH", url: this.url, headers, body: bytes });
    // 416: it is further or less far than was thought, and says where.
    if (response.status !== 202 && response.status !== 416) {
      throw await this.#connection.error(response, this.#subject);
    }
    await response.discard();
    this.#advance(response, response.status === 202 ? this.#offset + bytes.length : undefined);
  }

  async #recover(error: unknown, attempt: number): Promise<void> {
    // What is not passing, or has been tried often enough, ends the whole upload, not only this piece.
    await waitToRetry(this.#connection.options, error, attempt).catch((final: unknown) => {
      throw final instanceof MeshwasmError
        ? new MeshwasmError(final.code, final.message, { cause: final.cause, hint: final.hint })
        : final;
    });
    await this.#connection.retrying(async () => {
      const response = await this.#connection.send({ method: "GET", url: this.url, headers: {} });
      if (response.status === 404 || response.status === 410) {
        await response.discard();
        const message = `registry ${this.#connection.host} has forgotten the upload of ${this.#subject}`;
        throw markPassing(new MeshwasmError("REGISTRY_ERROR", message));
      }
      if (response.status !== 204 && response.status !== 200) {
        throw await this.#connection.error(response, this.#subject);
      }
      await response.discard();
      this.#advance(response, undefined);
    });
  }

  #advance(response: HttpResponse, assumed: number | undefined): void {
    const location = response.header("location");
    if (location !== undefined) this.url = resolveLocation(location, response.url);
    const last = /^(?:bytes=)?0-([0-9]{1,15})$/.exec(response.header("range") ?? "")?.[1];
    // "0-0" is said of nothing as well as of one byte.
    if (last !== undefined) this.#offset = last === "0" ? 0 : Number(last) + 1;
    else if (assumed !== undefined) this.#offset = assumed;
  }

  #outOfStep(start: number, end: number): MeshwasmError {
    const where = `says that it has ${this.#offset} bytes, while ${start} to ${end} were sent`;
    return new MeshwasmError(
      "REGISTRY_ERROR",
      `registry ${this.#connection.host} ${where} of ${this.#subject}`,
    );
  }
}

async function* chunksOf(
  content: BlobContent,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (content instanceof Uint8Array) {
    for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
    return;
  }
  // One buffer for all pieces: the next is filled when the last has been sent.
  const buffer = new Uint8Array(chunkBytes);
  let filled = 0;
  for await (const bytes of content()) {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + chunkBytes - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < chunkBytes) continue;
      yield buffer;
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
