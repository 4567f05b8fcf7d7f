import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { FolderModuleStore } from "../module-store.js";
import { sendFailure } from "./reply.js";

/**
 * Streams a module, checked on the way: when the file is not what its name says, the answer breaks off before its last
 * bytes, and the file is taken away so that it is fetched again.
 *
 * @returns false: the file is damaged
 */
export async function sendModule(
  response: ServerResponse,
  store: FolderModuleStore,
  digest: string,
): Promise<boolean> {
  const file = await store.folder.openFile(digest);
  if (file === undefined) {
    sendFailure(response, 404, "the module is not here now", 5);
    return true;
  }
  let damaged = false;
  try {
    const { size } = await file.stat();
    response.writeHead(200, { "content-type": "application/wasm", "content-length": String(size) });
    await pipeline(file.createReadStream({ autoClose: false }), checked, response);
  } catch (error) {
    if (!damaged) throw error;
    await store.discard(digest);
  } finally {
    await file.close();
  }
  return !damaged;

  async function* checked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    let held: Uint8Array | undefined;
    for await (const chunk of chunks) {
      if (held !== undefined) yield held;
      hash.update(chunk);
      held = chunk;
    }
    damaged = `sha256:${hash.digest("hex")}` !== digest;
    if (damaged) throw new Error("damaged");
    if (held !== undefined) yield held;
  }
}
