import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import { MeshwasmError } from "../errors.js";
import { moduleFileName } from "../modules/digest-file.js";

/** How the operator is reached. */
export interface OperatorAddress {
  /** `https://HOST:PORT`. */
  url: string;
  /** PEM file of the authorities to trust; read again for every connection, since it changes under us. */
  caFile: string;
  /** Milliseconds without a byte after which a connection counts as dead; longer than the operator's long poll. Absent: 45 s. */
  idleMs?: number | undefined;
}

/** A private key and its certificate, PEM. */
export interface ClientCertificate {
  key: string;
  cert: string;
}

/** What the operator wants on this node. */
export interface WantedList {
  version: string;
  digests: string[];
}

const maxListBytes = 1024 * 1024;
const maxSmallBytes = 64 * 1024;

/** The operator's answer was a refusal. */
export class OperatorRefusal extends MeshwasmError {
  /** HTTP status. */
  readonly status: number;
  /** Milliseconds that it asks to wait; absent: not said. */
  readonly retryAfterMs: number | undefined;

  constructor(what: string, status: number, message: string, retryAfter: string | undefined) {
    super("OperatorUnreachable", `${what}: the operator answered ${status}: ${message}`);
    this.status = status;
    const seconds = Number(retryAfter);
    this.retryAfterMs = seconds > 0 && seconds <= 60 ? seconds * 1000 : undefined;
  }
}

/** What an agent asks of the operator, over TLS that trusts the operator's own authority and nobody else. */
export class OperatorClient {
  readonly #address: OperatorAddress;
  #connections: { key: string; agent: Agent } | undefined;

  constructor(address: OperatorAddress) {
    this.#address = address;
  }

  /**
   * Has a request for a certificate signed.
   *
   * @returns PEM
   * @throws MeshwasmError OperatorUnreachable
   */
  async certificate(token: string, signingRequest: string, signal: AbortSignal): Promise<string> {
    const what = "asking for a certificate";
    const body = JSON.stringify({ token, request: signingRequest });
    const answer = await this.#send(
      what,
      { method: "POST", path: "/v1/certificates", signal },
      undefined,
      body,
    );
    const { certificate } = await readObject(what, answer, maxSmallBytes);
    if (typeof certificate !== "string") throw unexpected(what);
    return certificate;
  }

  /**
   * What the node shall have.
   *
   * @param since the version that is known: the answer waits for another one, for a while
   */
  async wanted(
    node: string,
    since: string | undefined,
    own: ClientCertificate,
    signal: AbortSignal,
  ): Promise<WantedList> {
    const what = "asking what is wanted";
    const query = since === undefined ? "" : `?since=${encodeURIComponent(since)}`;
    const path = `/v1/nodes/${encodeURIComponent(node)}/wanted${query}`;
    const answer = await this.#send(what, { method: "GET", path, signal }, own);
    const { version, digests } = await readObject(what, answer, maxListBytes);
    const isList =
      Array.isArray(digests) && digests.every((each) => /^sha256:[0-9a-f]{64}$/.test(String(each)));
    if (typeof version !== "string" || !isList) throw unexpected(what);
    return { version, digests: digests as string[] };
  }

  /** A module as it arrives, unchecked. */
  async *module(digest: string, own: ClientCertificate, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const what = `fetching module ${digest}`;
    const path = `/v1/modules/${moduleFileName(digest)}`;
    const answer = await this.#send(what, { method: "GET", path, signal }, own);
    try {
      for await (const chunk of answer) yield chunk as Uint8Array;
    } catch (cause) {
      throw unreachable(what, cause, signal);
    } finally {
      answer.destroy();
    }
  }

  /** Ends idle connections. */
  close(): void {
    this.#connections?.agent.destroy();
  }

  async #send(
    what: string,
    options: RequestOptions & { signal: AbortSignal },
    own: ClientCertificate | undefined,
    body?: string,
  ): Promise<IncomingMessage> {
    let answer: IncomingMessage;
    try {
      answer = await this.#open({ ...options, agent: await this.#agent(own) }, body);
    } catch (cause) {
      throw unreachable(what, cause, options.signal);
    }
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200 || statusCode === 201) return answer;
    const { message } = await readObject(what, answer, maxSmallBytes).catch(() => ({ message: undefined }));
    const words = typeof message === "string" ? message.slice(0, 300) : "no reason given";
    throw new OperatorRefusal(what, statusCode, words, headers["retry-after"]);
  }

  #open(options: RequestOptions, body?: string): Promise<IncomingMessage> {
    const { url, idleMs = 45_000 } = this.#address;
    const headers =
      body === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(options.path ?? "/", url), { ...options, headers }, resolve);
      outgoing.setTimeout(idleMs, () => outgoing.destroy(new Error(`nothing came for ${idleMs} ms`)));
      outgoing.on("error", reject).end(body);
    });
  }

  // A connection keeps the certificates with which it was opened: another set means other connections.
  async #agent(own: ClientCertificate | undefined): Promise<Agent> {
    const ca = await readFile(this.#address.caFile, "utf8");
    const key = ca + (own?.cert ?? "");
    if (this.#connections?.key !== key) {
      this.#connections?.agent.destroy();
      const options = {
        ca,
        minVersion: "TLSv1.3" as const,
        keepAlive: true,
        maxSockets: 4,
        maxCachedSessions: 0,
      };
      this.#connections = { key, agent: new Agent({ ...options, ...own }) };
    }
    return this.#connections.agent;
  }
}

async function readObject(
  what: string,
  answer: IncomingMessage,
  maxBytes: number,
): Promise<Record<string, unknown>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > maxBytes) throw unexpected(what);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof MeshwasmError ? cause : unreachable(what, cause);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: no JSON is as unexpected as JSON of another shape.
  }
  throw unexpected(what);
}

function unreachable(what: string, cause: unknown, signal?: AbortSignal): MeshwasmError {
  if (cause instanceof MeshwasmError) return cause;
  if (signal?.aborted) return new MeshwasmError("Aborted", `${what} was aborted`, { cause });
  return new MeshwasmError("OperatorUnreachable", `${what}: ${(cause as Error).message}`, {
    cause,
    hint: "it is tried again; what is on the node stays in use",
  });
}

function unexpected(what: string): MeshwasmError {
  return new MeshwasmError("OperatorUnreachable", `${what}: the operator answered something unexpected`);
}
