import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, isIPv6 } from "node:net";
import type { TLSSocket } from "node:tls";
import {
  type AuthoritySource,
  type AuthorityState,
  bundleOf,
  createServerCertificate,
  nodeOfPeer,
  serverCertificateMs,
  signAgentRequest,
  type TokenReviewer,
} from "../../certificates/index.js";
import { MeshwasmError } from "../../errors.js";
import type { ModuleServer } from "../contract.js";
import { digestOfFileName } from "../digest-file.js";
import type { FolderModuleStore } from "../module-store.js";
import { readJson, sendFailure, sendJson } from "./reply.js";
import { sendModule } from "./send-module.js";
import { WantedBoard } from "./wanted-board.js";

/** How modules are served. */
export interface ModuleServerOptions {
  store: FolderModuleStore;
  authority: AuthoritySource;
  reviewer: TokenReviewer;
  /** `HOST:PORT`; port 0: a free one. */
  listen: string;
  /** DNS names and addresses under which agents reach it, for its certificate. */
  hosts: readonly string[];
  /** Milliseconds that a question for a list waits for news. Absent: 25 s. */
  pollMs?: number | undefined;
  /** Modules that are sent at once; more agents are told to come back. Absent: 64. */
  maxTransfers?: number | undefined;
  /** Milliseconds between looks at the authority. Absent: 1 hour. */
  refreshMs?: number | undefined;
  /** Told of what went wrong on this side. Absent: nobody. */
  onError?: ((error: unknown, what: string) => void) | undefined;
}

const maxWaitersPerNode = 4;
const maxReviews = 16;
const maxRequestBytes = 64 * 1024;
const idleMs = 60_000;

/** Makes a server of modules for agents; it answers 503 for lists until they have been set for the first time. */
export function createModuleServer(options: ModuleServerOptions): ModuleServer {
  return new TlsModuleServer(options);
}

class TlsModuleServer implements ModuleServer {
  readonly #options: ModuleServerOptions;
  readonly #board = new WantedBoard();
  readonly #closing = new AbortController();
  #server: Server | undefined;
  #authority: AuthorityState | undefined;
  #transfers = 0;
  #reviews = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ModuleServerOptions) {
    this.#options = options;
  }

  async listen(): Promise<{ url: string }> {
    const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(this.#options.listen) ?? [];
    if (port === "") {
      throw new MeshwasmError("Usage", `--listen ${this.#options.listen} is not HOST:PORT`);
    }
    const server = createServer({
      ...(await this.#tls()),
      minVersion: "TLSv1.3",
      // Asked for, not required: an agent that has none yet comes to get one.
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: 10_000,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: idleMs,
    });
    server.on("request", (request, response) => void this.#serve(request, response));
    // Whoever reads or writes nothing for so long is cut off; a long poll is shorter.
    server.setTimeout(idleMs, (socket) => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(Number(port), host.replace(/^\[(.*)\]$/, "$1"), resolve);
    });
    server.on("error", (error) => this.#options.onError?.(error, "the module server"));
    this.#server = server;
    const refreshMs = this.#options.refreshMs ?? Math.min(3_600_000, serverCertificateMs / 4);
    this.#timer = setInterval(() => void this.#refresh(), refreshMs).unref();
    const { address, port: bound } = server.address() as AddressInfo;
    return { url: `https://${isIPv6(address) ? `[${address}]` : address}:${bound}` };
  }

  setWanted(wanted: ReadonlyMap<string, ReadonlySet<string>>): void {
    this.#board.set(wanted);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    const server = this.#server;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async #tls(): Promise<{ key: string; cert: string; ca: string }> {
    this.#authority = await this.#options.authority.load(this.#closing.signal);
    const own = createServerCertificate(this.#authority, this.#options.hosts);
    return { ...own, ca: bundleOf(this.#authority) };
  }

  async #refresh(): Promise<void> {
    try {
      this.#server?.setSecureContext({ ...(await this.#tls()), minVersion: "TLSv1.3" });
    } catch (error) {
      // The certificate that it has is good for several of these.
      this.#options.onError?.(error, "the authority");
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      // Half an answer cannot be taken back: only a broken connection says that it is not whole.
      if (response.headersSent) response.destroy();
      else sendFailure(response, 503, "this failed on the operator's side", 5);
      const isTheirs = (error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE";
      if (!isTheirs) this.#options.onError?.(error, "a request of an agent");
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "https://operator.invalid");
    const [, version, kind, name = "", list, more] = url.pathname.split("/");
    const isGet = request.method === "GET" && version === "v1" && more === undefined;
    if (request.method === "POST" && url.pathname === "/v1/certificates")
      return this.#certify(request, response);
    const isModule = isGet && kind === "modules" && list === undefined;
    const isList = isGet && kind === "nodes" && list === "wanted";
    if (!isModule && !isList) return sendFailure(response, 404, "there is nothing here");
    const node = nodeOfPeer(request.socket as TLSSocket);
    if (node === undefined) return sendFailure(response, 401, "a valid certificate of an agent is needed");
    if (isModule) return this.#module(node, name, response);
    // A node's name has no character that a URL would have to escape.
    if (name !== node) return sendFailure(response, 403, "an agent sees its own node only");
    return this.#list(node, url.searchParams.get("since"), response);
  }

  async #list(node: string, since: string | null, response: ServerResponse): Promise<void> {
    const { pollMs = 25_000 } = this.#options;
    if (since !== null && this.#board.get(node)?.version === since) {
      if (this.#board.waiting(node) >= maxWaitersPerNode) {
        return sendFailure(response, 429, "this node waits already", 5);
      }
      const end = new AbortController();
      const timer = setTimeout(() => end.abort(), pollMs);
      response.once("close", () => end.abort());
      await this.#board.change(node, end.signal);
      clearTimeout(timer);
      if (response.destroyed) return;
    }
    const wanted = this.#board.get(node);
    if (wanted === undefined) return sendFailure(response, 503, "the operator is starting", 2);
    sendJson(response, 200, wanted);
  }

  async #module(node: string, name: string, response: ServerResponse): Promise<void> {
    const digest = digestOfFileName(name);
    // One answer for unknown and for not meant for this node: nobody learns what others run.
    if (digest === undefined || !this.#board.includes(node, digest)) {
      return sendFailure(response, 403, "this module is not for this node");
    }
    if (this.#transfers >= (this.#options.maxTransfers ?? 64)) {
      return sendFailure(response, 503, "too many are fetching now", 1);
    }
    this.#transfers++;
    try {
      if (await sendModule(response, this.#options.store, digest)) return;
    } finally {
      this.#transfers--;
    }
    this.#options.onError?.(
      new MeshwasmError("DigestMismatch", `stored module ${digest} was damaged`),
      "the store",
    );
  }

  async #certify(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Anybody can ask, and each question costs the API server one: few at a time.
    if (this.#reviews >= maxReviews) return sendFailure(response, 503, "too many ask for certificates", 1);
    this.#reviews++;
    try {
      const body = await readJson(request, maxRequestBytes);
      if (typeof body?.token !== "string" || typeof body.request !== "string") {
        return sendFailure(response, 400, 'send {"token": "…", "request": "PEM of a PKCS #10 request"}');
      }
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(10_000)]);
      const node = await this.#options.reviewer.nodeOf(body.token, signal);
      if (this.#authority === undefined) throw new Error("no authority");
      sendJson(response, 201, { certificate: signAgentRequest(this.#authority, body.request, node) });
    } catch (error) {
      const code = error instanceof MeshwasmError ? error.code : undefined;
      if (code === "TokenInvalid") return sendFailure(response, 401, (error as Error).message);
      if (code === "CertificateInvalid") return sendFailure(response, 400, (error as Error).message);
      throw error;
    } finally {
      this.#reviews--;
    }
  }
}
