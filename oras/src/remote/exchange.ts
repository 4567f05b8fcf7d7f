import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TLSSocket } from "node:tls";
import { limits } from "../limits.js";
import { basicHeader } from "./auth/token.js";
import type { Connections } from "./connections.js";
import type { ResolvedOptions } from "./options.js";
import type { BodyStream, HttpRequest } from "./transport.js";

/** An answer whose body is still to come, as it is on the wire: no Content-Encoding is unpacked, no redirect followed. */
export interface Answer {
  message: IncomingMessage;
  /** Frees the connection; reads a short rest, cuts a long one off. */
  discard(): Promise<void>;
}

/** Codes of the errors that are ours; all others are the system's or Node's. */
export const timeoutCodes = {
  connect: "MESHWASM_CONNECT_TIMEOUT",
  headers: "MESHWASM_HEADERS_TIMEOUT",
  body: "MESHWASM_BODY_TIMEOUT",
} as const;

/** Sends one request and waits for the head of its answer. Rejects with whatever broke, as the body does later. */
export async function exchange(
  connections: Connections,
  options: ResolvedOptions,
  { url, method, headers, body }: HttpRequest,
): Promise<Answer> {
  options.signal?.throwIfAborted();
  const { agent, proxy } = await connections.routeTo(url);
  const request = open(proxy ?? url, {
    method,
    agent,
    headers: {
      "user-agent": "meshwasm-oras",
      ...lengthOf(body),
      ...headers,
      ...(proxy && throughProxy(proxy, url)),
    },
    ...(proxy && { path: url.href }),
    ...(options.signal && { signal: options.signal }),
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    // It stays: what breaks after the answer came is told by the answer's body.
    request.on("error", reject).once("response", resolve);
  });
  limitTime(request, options);
  send(request, body);
  const message = await answered;
  return {
    message,
    discard: async () => {
      await discard(message);
      // The rest of a body that nobody waits for any more.
      if (!request.writableFinished) request.destroy();
    },
  };
}

function open(to: URL, options: RequestOptions): ClientRequest {
  return (to.protocol === "https:" ? httpsRequest : httpRequest)(to, options);
}

function throughProxy({ username, password }: URL, { host }: URL): Record<string, string> {
  if (username === "" && password === "") return { host };
  const user = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { host, "proxy-authorization": basicHeader(user) };
}

function send(request: ClientRequest, body: HttpRequest["body"]): void {
  if (body === undefined) request.end();
  else if (body instanceof Uint8Array) request.end(body);
  // What breaks is an event of the request too.
  else
    pipeline(Readable.from(chunksOf(body, request), { objectMode: false }), request).catch(() => undefined);
}

// The pipeline would end the request without a reason.
async function* chunksOf(
  body: BodyStream,
  request: ClientRequest,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body.open();
  } catch (error) {
    request.destroy(error as Error);
    throw error;
  }
}

function lengthOf(body: HttpRequest["body"]): Record<string, string> {
  return body === undefined || body instanceof Uint8Array ? {} : { "content-length": String(body.size) };
}

function limitTime(request: ClientRequest, { connectTimeoutMs, idleTimeoutMs }: ResolvedOptions): void {
  const end = (code: string) => request.destroy(Object.assign(new Error(code), { code }));
  const connecting = setTimeout(() => end(timeoutCodes.connect), connectTimeoutMs);
  const connected = () => clearTimeout(connecting);
  request.once("close", connected).once("socket", (socket: Socket) => {
    const isSecure = socket instanceof TLSSocket;
    if (!socket.connecting && (!isSecure || request.reusedSocket)) connected();
    else socket.once(isSecure ? "secureConnect" : "connect", connected);
  });
  let message: IncomingMessage | undefined;
  request.once("response", (response) => {
    message = response;
  });
  request.setTimeout(idleTimeoutMs, () => {
    // Then it is the reader who takes its time.
    if (message && message.readableLength > 0) message.socket.setTimeout(idleTimeoutMs);
    else end(message ? timeoutCodes.body : timeoutCodes.headers);
  });
}

async function discard(message: IncomingMessage): Promise<void> {
  let left = limits.smallBodyBytes;
  try {
    for await (const chunk of message) {
      left -= (chunk as Uint8Array).length;
      if (left < 0) break;
    }
  } catch {
    // It is of no use any more.
  }
}
