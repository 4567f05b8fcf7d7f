import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { MeshwasmError } from "../errors.js";
import { deadline } from "./deadline.js";
import { KubeError } from "./kube-error.js";

/** One request to the API server. */
export interface TransportRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  /** For the observer: which resource it is about. */
  resource: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as JSON; absent: no body. */
  body?: unknown;
  /** Absent: `application/json`. */
  contentType?: string;
  signal?: AbortSignal | undefined;
}

/** Told of each answer. @param status of HTTP; 0: there was none */
export type RequestObserver = (method: string, resource: string, status: number) => void;

/** Longer than any single answer of a healthy API server. */
const requestMillis = 30_000;
const noAnswer = `no answer within ${requestMillis / 1000} s`;
/** A page of 500 objects of the largest size that etcd takes would be more; real ones are far below. */
const maxAnswerBytes = 256 << 20;

/**
 * HTTPS to the API server with the credentials of a kubeconfig. The package's own HTTP layer makes a new TLS connection
 * for each request, and its watch gives up after 30 s; so only its credentials are used.
 */
export class Transport {
  readonly #config: KubeConfig;
  readonly #server: URL;
  readonly #observe: RequestObserver;
  readonly #end: AbortSignal | undefined;
  #agent: { key: string; agent: Agent } | undefined;

  /** @param end when it fires, what runs is stopped and nothing more is sent */
  constructor(config: KubeConfig, observe: RequestObserver = () => {}, end?: AbortSignal) {
    this.#config = config;
    this.#observe = observe;
    this.#end = end;
    // Each request that runs listens to it.
    if (end) setMaxListeners(0, end);
    const server = config.getCurrentCluster()?.server ?? "";
    if (!URL.canParse(server) || new URL(server).protocol !== "https:") {
      throw new MeshwasmError("KubeConfigInvalid", `the API server's address is no https URL: ${server}`);
    }
    this.#server = new URL(server);
  }

  /** Sends a request and reads the whole answer. @throws KubeError, MeshwasmError KubeUnreachable or Aborted */
  async json(asked: TransportRequest): Promise<unknown> {
    const limit = deadline(requestMillis, asked.signal, this.#end);
    try {
      const response = await this.#send(asked, limit.signal);
      return parse(await readAll(response, asked, limit.signal), asked);
    } catch (error) {
      throw this.#end?.aborted ? stopped(asked, error) : error;
    } finally {
      limit.clear();
    }
  }

  /** Opens a watch and returns its body; the caller reads it and ends it with the signal. */
  stream(asked: TransportRequest & { signal: AbortSignal }): Promise<IncomingMessage> {
    return this.#send(asked, asked.signal);
  }

  /** Ends idle connections. */
  close(): void {
    this.#agent?.agent.destroy();
  }

  async #send(asked: TransportRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { agent, headers, auth } = await this.#credentials();
    const body = asked.body === undefined ? undefined : Buffer.from(JSON.stringify(asked.body));
    const url = new URL(this.#server.pathname.replace(/\/$/, "") + asked.path, this.#server);
    for (const [name, value] of Object.entries(asked.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const options: RequestOptions = {
      method: asked.method,
      agent,
      signal,
      ...(auth === undefined ? {} : { auth }),
      headers: {
        ...headers,
        accept: "application/json",
        "user-agent": "meshwasm-operator",
        ...(body
          ? { "content-type": asked.contentType ?? "application/json", "content-length": body.length }
          : {}),
      },
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const open = (again: boolean) => {
        const sent = request(url, options, (response) => {
          clearTimeout(slow);
          resolve(response);
        });
        const slow = setTimeout(() => sent.destroy(new Error(noAnswer)), requestMillis);
        sent.on("error", (cause: NodeJS.ErrnoException) => {
          clearTimeout(slow);
          // The server closed a kept connection just as it was used: nothing was answered, and reading is harmless.
          if (again && sent.reusedSocket && cause.code === "ECONNRESET" && asked.method === "GET")
            open(false);
          else {
            this.#observe(asked.method, asked.resource, 0);
            reject(failure(asked, cause, signal));
          }
        });
        sent.on("socket", (socket) => socket.setKeepAlive(true, 15_000));
        sent.end(body);
      };
      open(true);
    });
    const status = response.statusCode ?? 0;
    this.#observe(asked.query?.watch ? "WATCH" : asked.method, asked.resource, status);
    if (status >= 200 && status < 300) return response;
    const limit = deadline(requestMillis, signal);
    const text = await readAll(response, asked, limit.signal).finally(limit.clear);
    throw new KubeError(describe(asked), status, tryParse(text), response.headers["retry-after"]);
  }

  async #credentials(): Promise<Pick<RequestOptions, "headers" | "auth"> & { agent: Agent }> {
    const options: RequestOptions = {};
    try {
      await this.#config.applyToHTTPSOptions(options);
    } catch (cause) {
      throw new MeshwasmError(
        "KubeConfigInvalid",
        `the credentials cannot be had: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    }
    const made = options.agent as Agent;
    const { ca, cert, key, passphrase, pfx, rejectUnauthorized, servername } = made.options;
    const hash = createHash("sha256");
    for (const part of [ca, cert, key, passphrase, pfx, rejectUnauthorized, servername]) {
      hash.update(Buffer.isBuffer(part) ? part : String(part)).update("\0");
    }
    const digest = hash.digest("hex");
    if (this.#agent?.key !== digest) {
      this.#agent?.agent.destroy();
      // A proxy's agent is of another class, and is used as it is.
      const agent =
        made.constructor === Agent ? new Agent({ ...made.options, keepAlive: true, maxSockets: 64 }) : made;
      this.#agent = { key: digest, agent };
    }
    return {
      agent: this.#agent.agent,
      ...(options.headers ? { headers: options.headers } : {}),
      ...(options.auth ? { auth: options.auth } : {}),
    };
  }
}

async function readAll(
  response: IncomingMessage,
  asked: TransportRequest,
  signal: AbortSignal,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stop = () => response.destroy(new Error(noAnswer));
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of response) {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) {
        response.destroy();
        throw new MeshwasmError("KubeUnreachable", `${describe(asked)}: the answer is too large`);
      }
      chunks.push(chunk);
    }
  } catch (cause) {
    throw failure(asked, cause as Error, signal);
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string, asked: TransportRequest): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MeshwasmError("KubeUnreachable", `${describe(asked)}: the answer is no JSON`, { cause });
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}

function failure(asked: TransportRequest, cause: Error, signal: AbortSignal): MeshwasmError {
  if (cause instanceof MeshwasmError) return cause;
  if (asked.signal?.aborted) return stopped(asked, cause);
  const why = signal.aborted ? noAnswer : cause.message;
  return new MeshwasmError("KubeUnreachable", `${describe(asked)}: ${why}`, {
    cause,
    hint: "is the API server up, and its address right?",
  });
}

function stopped(asked: TransportRequest, cause: unknown): MeshwasmError {
  return new MeshwasmError("Aborted", `${describe(asked)}: stopped`, { cause });
}

function describe({ method, path }: TransportRequest): string {
  return `${method} ${path}`;
}
