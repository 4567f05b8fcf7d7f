import type { ScriptMessage } from "../script.js";

/** A message as its sender's codec writes it: the probe sees the framing among the headers. */
export interface Framed {
  readonly headers: readonly (readonly [string, string])[];
  /** The same as Envoy's filters see them: it takes the coding of a request away. */
  readonly seenHeaders: readonly (readonly [string, string])[];
  /** The body's pieces as written by the sender, without their coding. */
  readonly pieces: readonly string[];
  readonly chunked: boolean;
  readonly trailers: readonly (readonly [string, string])[] | undefined;
}

/** One piece gets a `content-length`; several, or trailers, make it chunked; a response has one of the two unless it is a 204. */
export function framed(message: ScriptMessage & { status?: number }, kind: "request" | "response"): Framed {
  const { body, trailers } = message;
  const chunked = trailers !== undefined || Array.isArray(body);
  const pieces = (body === undefined ? [] : [body].flat()).filter((piece) => piece !== "");
  const headers = [...(message.headers ?? [])];
  // Envoy lets what the client says stand, so that nothing need be masked.
  if (kind === "request") headers.unshift(["x-forwarded-proto", "http"]);
  const length = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  const seenHeaders = chunked && kind === "request" ? [...headers] : headers;
  if (chunked) headers.push(["transfer-encoding", "chunked"]);
  else if (length > 0 || (kind === "response" && message.status !== 204))
    headers.push(["content-length", String(length)]);
  return { headers, seenHeaders, pieces, chunked, trailers };
}

/**
 * The bytes of a message, as they are written one after another: all at once, or the head with the first of several pieces,
 * each further piece, and the end. `unfinished`: without the end of a body.
 */
export function wireParts(startLine: string, message: Framed, unfinished = false): string[] {
  const lines = (headers: Framed["headers"]) =>
    headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const coded = message.pieces.map((piece) =>
    message.chunked ? `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n` : piece,
  );
  const end = message.chunked ? `0\r\n${lines(message.trailers ?? [])}\r\n` : "";
  const head = `${startLine}\r\n${lines(message.headers)}\r\n`;
  const parts = [head + (coded[0] ?? ""), ...coded.slice(1), unfinished ? "" : end];
  return coded.length > 1 ? parts : [parts.join("")];
}
