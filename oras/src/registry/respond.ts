import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Fault } from "./faults.js";
import type { Reply } from "./reply.js";

/** Writes an answer, cut short or endless if the fault says so. A HEAD gets the headers only. */
export async function respond(
  response: ServerResponse,
  method: string,
  reply: Reply,
  fault: Fault | undefined,
): Promise<void> {
  const length = fault?.type === "endless" ? {} : { "content-length": String(reply.body.length) };
  // A 204 must not announce a length (RFC 9110, section 8.6).
  response.writeHead(reply.status, { ...(reply.status === 204 ? {} : length), ...reply.headers });
  if (method === "HEAD") {
    response.end();
  } else if (fault?.type === "endless") {
    await writeEndlessly(response, fault.bytes ?? Number.POSITIVE_INFINITY);
  } else if (fault?.type === "truncate") {
    response.write(reply.body.subarray(0, fault.bytes), () => response.destroy());
    response.flushHeaders();
  } else {
    response.end(reply.body);
  }
}

async function writeEndlessly(response: ServerResponse, bytes: number): Promise<void> {
  // A client that has read enough hangs up: that is what this fault is for.
  await pipeline(Readable.from(chunksOf(bytes)), response).catch(() => {});
}

function* chunksOf(bytes: number): Generator<Uint8Array> {
  const chunk = new Uint8Array(64 * 1024);
  for (let left = bytes; left > 0; left -= chunk.length)
    yield chunk.subarray(0, Math.min(left, chunk.length));
}
