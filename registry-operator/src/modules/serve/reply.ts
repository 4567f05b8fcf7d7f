import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers with JSON; with a failure, the reader learns what it may know and nothing else. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
) {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, { "content-type": "application/json", "content-length": length, ...headers });
  response.end(text);
}

/** A refusal. @param retryAfter seconds; absent: trying again does not help */
export function sendFailure(response: ServerResponse, status: number, message: string, retryAfter?: number) {
  sendJson(
    response,
    status,
    { message },
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
  );
}

/**
 * Reads a small body as JSON.
 *
 * @returns undefined: it is larger than allowed, or no JSON object
 */
export async function readJson(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Record<string, unknown> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
