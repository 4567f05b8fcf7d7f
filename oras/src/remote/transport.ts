import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import { type Connections, openConnections } from "./connections.js";
import { exchange } from "./exchange.js";
import { networkError } from "./network-error.js";
import type { ResolvedOptions } from "./options.js";

/** One request; header names in lower case. */
export interface HttpRequest {
  method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";
  url: URL;
  headers: Record<string, string>;
  /** Absent: no body. A stream is opened anew for every attempt and redirect. */
  body?: Uint8Array | BodyStream;
  /** True: a redirect to another origin is refused, since the body is a secret. Absent: it is followed. */
  staysHome?: boolean;
}

/** A body that is not in memory. */
export interface BodyStream {
  /** Bytes; what it yields must be exactly as many. */
  size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** The answer to a request, after redirects. The body must be consumed or discarded. */
export interface HttpResponse {
  status: number;
  /** Where it came from; another origin than the request's after a redirect. */
  url: URL;
  /** A header by lower-case name; several values are joined by ", ". */
  header(name: string): string | undefined;
  /** Fails with MeshwasmErrors only. */
  body: AsyncIterable<Uint8Array>;
  /** Frees the connection; reads a short rest, cuts a long one off. */
  discard(): Promise<void>;
}

/** Sends requests. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/**
 * Opens a transport over Node's own HTTP client rather than `fetch`: it hands bodies over as they are on the wire, so no
 * Content-Encoding is unpacked behind the back of a digest, and it follows no redirect by itself.
 */
export function openTransport(options: ResolvedOptions): Transport {
  const connections = openConnections(options);
  return {
    send: (request) => follow(connections, options, request, limits.redirects),
    close: async () => connections.close(),
  };
}

async function follow(
  connections: Connections,
  options: ResolvedOptions,
  request: HttpRequest,
  hopsLeft: number,
): Promise<HttpResponse> {
  const response = await sendOnce(connections, options, request);
  const location = redirectOf(request, response);
  if (location === undefined) return response;
  await response.discard();
  const from = request.url.host;
  if (hopsLeft === 0) {
    throw new MeshwasmError(
      "REGISTRY_ERROR",
      `registry ${from} redirects more than ${limits.redirects} times`,
    );
  }
  return follow(connections, options, redirected(request, location), hopsLeft - 1);
}

// 301 to 303 turn a POST into a GET, which no step of the protocol means; so only reads follow them.
function redirectOf({ method }: HttpRequest, { status, header }: HttpResponse): string | undefined {
  const isRead = method === "GET" || method === "HEAD";
  const follows = status === 307 || status === 308 || (isRead && [301, 302, 303].includes(status));
  return follows ? header("location") : undefined;
}

function redirected(request: HttpRequest, location: string): HttpRequest {
  const url = resolveLocation(location, request.url);
  if (request.staysHome && url.origin !== request.url.origin) {
    const message = `${request.url.host} sends this client with a secret to ${url.host}, which is refused`;
    throw new MeshwasmError("REGISTRY_ERROR", message);
  }
  const headers = { ...request.headers };
  if (url.origin !== request.url.origin) delete headers.authorization;
  return { ...request, url, headers };
}

/**
 * Resolves a `Location` header against the URL that sent it.
 * @throws MeshwasmError REGISTRY_ERROR when it is no http(s) URL, carries a user name, or leaves TLS.
 */
export function resolveLocation(location: string, from: URL): URL {
  const refuse = (problem: string) =>
    new MeshwasmError("REGISTRY_ERROR", `registry ${from.host} sends this client to a place that ${problem}`);
  if (!URL.canParse(location, from.href)) throw refuse("is no URL");
  const url = new URL(location, from);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refuse("is no http or https URL");
  if (url.username !== "" || url.password !== "") throw refuse("has a user name in its URL");
  if (from.protocol === "https:" && url.protocol === "http:") throw refuse("is not protected by TLS");
  return url;
}

async function sendOnce(
  connections: Connections,
  options: ResolvedOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { url } = request;
  const fail = (cause: unknown) => networkError(cause, url.host, options.signal, options);
  try {
    const { message, discard } = await exchange(connections, options, request);
    return {
      status: message.statusCode ?? 0,
      url,
      header: (name) => {
        const value = message.headers[name];
        return Array.isArray(value) ? value.join(", ") : value;
      },
      body: mapErrors(message, fail),
      discard,
    };
  } catch (cause) {
    throw fail(cause);
  }
}

async function* mapErrors(
  body: AsyncIterable<Uint8Array>,
  map: (cause: unknown) => MeshwasmError,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (cause) {
    throw map(cause);
  }
}
