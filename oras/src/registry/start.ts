import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { createGuard, type Guard, type RegistryAuth } from "./auth.js";
import { afterDelay, type Fault, type FaultSource, faultChooser, replacement, spoil } from "./faults.js";
import { failure, type Reply } from "./reply.js";
import type { LoggedRequest } from "./request.js";
import { respond } from "./respond.js";
import { answer } from "./router.js";
import { createStore, type Store } from "./store.js";

/** How {@link startRegistry} starts. */
export interface RegistryOptions {
  /** Address to listen on. Absent: 127.0.0.1, which no other machine reaches. */
  host?: string;
  /** Absent or 0: a free one. */
  port?: number;
  /** Absent: everybody may do everything. */
  auth?: RegistryAuth;
  /**
   * PEM key and certificate. Absent: plain HTTP. With `clientCa` only clients with a certificate of that authority are
   * served.
   */
  tls?: { key: string; cert: string; clientCa?: string };
  /** What goes wrong. Absent: nothing. */
  faults?: FaultSource;
  /** Bytes of a request's body. Absent: 256 MiB. */
  maxBodyBytes?: number;
  /** Bytes of a manifest. Absent: 4 MiB, the least that the specification asks for. */
  maxManifestBytes?: number;
}

/** A running registry. */
export interface Registry {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** `127.0.0.1:PORT`, as references start. */
  host: string;
  port: number;
  /** Every request so far, in the order in which they came; never shortened. */
  requests: readonly LoggedRequest[];
  /** Stops listening and closes all connections. What it held is gone. */
  close(): Promise<void>;
}

/**
 * Starts an OCI distribution 1.1 registry for tests and laptops: strict, in memory, on loopback. It is no registry
 * for production: nothing is stored, rate-limited or hardened.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md.
 */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const requests: LoggedRequest[] = [];
  let url = "";
  const serve = requestHandler(
    options,
    requests,
    createGuard(options.auth, () => url),
  );
  const listener: RequestListener = (request, response) => {
    // A client that hangs up in the middle is not worth more than the end of its request.
    serve(request, response).catch(() => response.destroy());
  };
  const server = options.tls ? createTlsServer(tlsOptions(options.tls), listener) : createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const { port, address, family } = server.address() as AddressInfo;
  const host = `${family === "IPv6" ? `[${address}]` : address}:${port}`;
  url = `${options.tls ? "https" : "http"}://${host}`;
  return {
    url,
    host,
    port,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function tlsOptions({ key, cert, clientCa }: NonNullable<RegistryOptions["tls"]>): ServerOptions {
  if (clientCa === undefined) return { key, cert };
  return { key, cert, ca: clientCa, requestCert: true, rejectUnauthorized: true };
}

function requestHandler(options: RegistryOptions, requests: LoggedRequest[], guard: Guard) {
  const store = createStore();
  const faultFor = faultChooser(options.faults);
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = logged(incoming, requests);
    const fault = await afterDelay(faultFor(request));
    if (fault?.type === "drop") return void incoming.socket.destroy();
    if (fault?.type === "handle") return fault.handle(incoming, response);
    const reply = await replyTo(request, incoming, { options, store, guard, fault });
    request.status = reply.status;
    await respond(response, request.method, reply, fault);
  };
}

async function replyTo(
  request: LoggedRequest,
  incoming: IncomingMessage,
  context: { options: RegistryOptions; store: Store; guard: Guard; fault: Fault | undefined },
): Promise<Reply> {
  const { options, store, guard, fault } = context;
  const body = await readBody(incoming, options.maxBodyBytes ?? 256 * 1024 * 1024);
  request.received = body?.length ?? 0;
  const replaced =
    replacement(fault) ?? guard.token({ ...request, body: body ?? new Uint8Array() }) ?? guard.check(request);
  if (replaced) return spoil(replaced, fault);
  if (!body) return failure("SIZE_INVALID", "the body is too large", { status: 413 });
  return spoil(answer(store, { ...request, body }, options.maxManifestBytes ?? 4 * 1024 * 1024), fault);
}

function logged(incoming: IncomingMessage, requests: LoggedRequest[]): LoggedRequest {
  const url = new URL(incoming.url ?? "/", "http://registry.invalid");
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  const request: LoggedRequest = {
    index: requests.length,
    method: incoming.method ?? "GET",
    path: safeDecode(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    received: 0,
  };
  requests.push(request);
  return request;
}

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

// An oversized body is read to its end but not kept, so that the client gets to see the refusal.
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= maxBytes ? Buffer.concat(chunks, size) : undefined;
}
