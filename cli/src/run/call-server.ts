import { request as httpRequest, type IncomingMessage } from "node:http";
import type { HostPort } from "../envoy/endpoint.js";
import type { RecordedHeaders, RecordedResponse } from "../record/recorded.js";
import { fromNode } from "./host-headers.js";

/** A request as Node sends it. */
export interface ServerCall {
  method: string;
  path: string;
  /** Names and values in turn, a byte per character; `host` among them. */
  headers: string[];
  body: Uint8Array;
}

/** How many bytes of an answer are read; a longer one is taken for broken off. */
const answerLimit = 1024 * 1024;

/** What came of a call: `unreachable`, nobody answered; `reset`, the answer broke off. */
export async function callServer(
  { host, port }: HostPort,
  { method, path, headers, body }: ServerCall,
): Promise<RecordedResponse | "unreachable" | "reset"> {
  let incoming: IncomingMessage;
  try {
    incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      // Node takes the pairs in turn, although its types do not say so.
      const pairs = headers as unknown as Record<string, string>;
      const outgoing = httpRequest({ host, port, method, path, headers: pairs });
      outgoing.once("response", resolve);
      outgoing.once("error", reject);
      outgoing.end(body);
    });
  } catch {
    return "unreachable";
  }
  try {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of incoming as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > answerLimit) return "reset";
      pieces.push(piece);
    }
    return {
      status: incoming.statusCode ?? 502,
      headers: texts(incoming.rawHeaders),
      body: size > 0 ? [Buffer.concat(pieces)] : [],
      trailers: texts(incoming.rawTrailers),
    };
  } catch {
    return "reset";
  }
}

/** Node's raw headers as text, without those of the connection. */
export function texts(raw: readonly string[]): RecordedHeaders {
  return fromNode(raw).map(([name, value]) => [name, Buffer.from(value).toString("utf8")]);
}
