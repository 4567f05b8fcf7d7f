import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";

/** Any object of the API, as it is on the wire. */
// biome-ignore lint/suspicious/noExplicitAny: tests read objects of all kinds.
export type KubeObject = any;

/** An answer of the API server that is not a success. */
export class KubeApiError extends Error {
  constructor(
    readonly status: number,
    /** The reason of its Status object, for example `NotFound` or `Invalid`. */
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

/** A small client of the API server, independent of the one under test. */
export class KubeApi {
  private readonly agent: Agent;

  constructor(
    readonly url: string,
    ca: string,
    private readonly token: string,
  ) {
    this.agent = new Agent({ ca, keepAlive: true });
  }

  /** Reads an object or a list by its path, for example `/api/v1/nodes/a`. */
  get(path: string): Promise<KubeObject> {
    return this.send("GET", path);
  }

  /** Like `get`, but undefined when there is no such object. */
  find(path: string): Promise<KubeObject | undefined> {
    return this.get(path).catch(undefinedIfMissing);
  }

  /** Creates an object in a collection. */
  create(path: string, body: KubeObject): Promise<KubeObject> {
    return this.send("POST", path, body);
  }

  /** Creates or changes an object by server-side apply, taking over fields of others. */
  apply(path: string, body: KubeObject, manager = "test"): Promise<KubeObject> {
    const query = `fieldManager=${manager}&force=true`;
    return this.send("PATCH", `${path}?${query}`, body, "application/apply-patch+yaml");
  }

  /** A JSON merge patch. */
  patch(path: string, body: KubeObject): Promise<KubeObject> {
    return this.send("PATCH", path, body, "application/merge-patch+json");
  }

  /** Deletes an object; no error when it is gone already. */
  async delete(path: string, body?: KubeObject): Promise<void> {
    await this.send("DELETE", path, body).catch(undefinedIfMissing);
  }

  /**
   * Follows a collection, for example `/api/v1/pods`: first every object that is there, then each change, until `signal`.
   * A cut watch starts over, so an object may be told of twice.
   */
  async watch(
    path: string,
    changed: (type: string, object: KubeObject) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        const response = await this.open("GET", `${path}?watch=true`, undefined, undefined, signal);
        if (response.statusCode !== 200) throw new Error(`watch of ${path}: ${response.statusCode}`);
        for await (const line of linesOf(response)) {
          const { type, object } = JSON.parse(line);
          if (type !== "ERROR" && type !== "BOOKMARK") changed(type, object);
        }
      } catch {
        // The server restarts, or we are told to end.
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Closes kept connections. */
  close(): void {
    this.agent.destroy();
  }

  /** Reads what is not JSON, for example `/readyz`. */
  getText(path: string): Promise<string> {
    return this.sendForText("GET", path);
  }

  private async send(method: string, path: string, body?: KubeObject, type?: string): Promise<KubeObject> {
    return JSON.parse(await this.sendForText(method, path, body, type));
  }

  private async sendForText(method: string, path: string, body?: KubeObject, type?: string): Promise<string> {
    const response = await this.open(method, path, body, type);
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    const status = response.statusCode ?? 0;
    if (status < 300) return text;
    const { reason = "", message = text } = jsonOrEmpty(text);
    throw new KubeApiError(status, reason, `${method} ${path}: ${status} ${message}`);
  }

  private open(
    method: string,
    path: string,
    body?: KubeObject,
    type = "application/json",
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const content = body === undefined ? "" : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${this.token}`,
      "content-type": type,
      // Node does not say by itself that a DELETE has a body.
      "content-length": Buffer.byteLength(content),
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.agent, ...(signal ? { signal } : {}) };
      const sent = request(new URL(path, this.url), options, resolve);
      sent.once("error", reject).end(content);
    });
  }
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of response.setEncoding("utf8")) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "");
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof KubeApiError && error.status === 404) return undefined;
  throw error;
}

function jsonOrEmpty(text: string): { reason?: string; message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
