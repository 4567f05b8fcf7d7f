import type { ServerResponse } from "node:http";
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
  const chunk = new Uint8Array(64 * 1024);
  for (let left = bytes; left > 0 && !response.destroyed; left -= chunk.length) {
    const isRoomLeft = response.write(chunk.subarray(0, Math.min(left, chunk.length)));
    if (!isRoomLeft) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once("drain", resolve);
    response.once("close", resolve);
  });
}
