import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { MeshwasmError } from "../errors.js";

/** Which cluster. */
export interface ClusterFlags {
  /** Absent: `$KUBECONFIG`, then `~/.kube/config`. */
  kubeconfig?: string;
  /** A context of it. Absent: the current one. */
  context?: string;
}

/** One request to the API server; objects are plain JSON. */
export interface ClusterRequest {
  method: "GET" | "PATCH" | "DELETE";
  /** From `/apis/…` or `/api/…` on. */
  path: string;
  query?: Record<string, string | undefined>;
  body?: object;
  contentType?: string;
}

/** An answer of the API server that is a failure. */
export class ClusterRefusal extends MeshwasmError {
  /** HTTP status: 403 forbidden, 404 not found, 409 conflict, 422 invalid. */
  readonly status: number;
  /** The server knows the kind of object, and has none of that name. */
  readonly isObjectMissing: boolean;

  constructor(host: string, status: number, answer: { message?: unknown; details?: { name?: unknown } }) {
    const isObjectMissing = status === 404 && answer.details?.name !== undefined;
    const said = typeof answer.message === "string" ? answer.message : `HTTP ${status}`;
    // Of a kind that it does not know the server says this in several ways, one of them no JSON.
    const words =
      status === 404 && !isObjectMissing ? "the cluster does not know FilterDeployments (404)" : said;
    const hint = isObjectMissing ? "see what there is: meshwasm status --all-namespaces" : hints[status];
    super("CLUSTER_REFUSED", `${host}: ${words}`, hint === undefined ? {} : { hint });
    this.status = status;
    this.isObjectMissing = isObjectMissing;
  }
}

const timeoutMs = 30_000;
const maxAnswerBytes = 256 * 1024 * 1024;

/** The API server of one context of a kubeconfig; every request ends within 30 s. */
export class Cluster {
  readonly #server: URL;
  readonly #credentials: () => Promise<RequestOptions>;
  /** The namespace of the context; `default` when it names none. */
  readonly namespace: string;

  private constructor(server: URL, namespace: string, credentials: () => Promise<RequestOptions>) {
    this.#server = server;
    this.namespace = namespace;
    this.#credentials = credentials;
  }

  /** Reads the kubeconfig; nothing is asked yet. @throws MeshwasmError KUBECONFIG_INVALID */
  static async open(flags: ClusterFlags): Promise<Cluster> {
    const { KubeConfig } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    const place = flags.kubeconfig ?? "the kubeconfig";
    try {
      if (flags.kubeconfig === undefined) config.loadFromDefault();
      else config.loadFromFile(flags.kubeconfig);
      if (flags.context !== undefined) config.setCurrentContext(flags.context);
    } catch (cause) {
      throw invalid(`${place} cannot be used: ${(cause as Error).message}`, cause);
    }
    const server = config.getCurrentCluster()?.server ?? "";
    if (!URL.canParse(server))
      throw invalid(`${place} has no cluster for context '${config.currentContext}'`);
    const namespace = config.getContextObject(config.currentContext)?.namespace ?? "default";
    return new Cluster(new URL(server), namespace, async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return options;
    });
  }

  /**
   * Sends a request.
   *
   * @throws MeshwasmError CLUSTER_UNREACHABLE, {@link ClusterRefusal}
   */
  async send<T>(asked: ClusterRequest): Promise<T> {
    const { status, text } = await this.#ask(asked);
    const answer = parsed(text);
    if (status >= 200 && status < 300 && answer !== undefined) return answer as T;
    throw new ClusterRefusal(this.#server.host, status, answer ?? {});
  }

  /** As {@link send} with GET; undefined when there is no such object. */
  async find<T>(path: string, query?: ClusterRequest["query"]): Promise<T | undefined> {
    try {
      return await this.send<T>({ method: "GET", path, ...(query ? { query } : {}) });
    } catch (error) {
      if (error instanceof ClusterRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Every object of a collection, page by page. */
  async list<T>(path: string, query: Record<string, string | undefined> = {}): Promise<T[]> {
    const items: T[] = [];
    let next: string | undefined;
    do {
      const page = await this.send<{ items?: T[]; metadata?: { continue?: string } }>({
        method: "GET",
        path,
        query: { ...query, limit: "500", continue: next },
      });
      items.push(...(page.items ?? []));
      next = page.metadata?.continue || undefined;
    } while (next !== undefined);
    return items;
  }

  async #ask({
    method,
    path,
    query = {},
    body,
    contentType,
  }: ClusterRequest): Promise<{ status: number; text: string }> {
    const url = new URL(this.#server.pathname.replace(/\/$/, "") + path, this.#server);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const own = await this.#credentials();
      const headers = { ...own.headers, accept: "application/json", "user-agent": "meshwasm" } as Record<
        string,
        string
      >;
      if (body) headers["content-type"] = contentType ?? "application/json";
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const open = url.protocol === "http:" ? httpRequest : httpsRequest;
        const options = {
          ...own,
          ...(url.protocol === "http:" ? { agent: undefined } : {}),
          method,
          headers,
          signal,
        };
        open(url, options, resolve)
          .on("error", reject)
          .end(body && JSON.stringify(body));
      });
      return { status: response.statusCode ?? 0, text: await textOf(response) };
    } catch (cause) {
      const words = signal.aborted ? `no answer within ${timeoutMs / 1000} s` : (cause as Error).message;
      throw new MeshwasmError(
        "CLUSTER_UNREACHABLE",
        `cluster ${this.#server.host} cannot be asked: ${words}`,
        {
          cause,
          hint: "check the kubeconfig's context, and that its API server runs",
        },
      );
    }
  }
}

const hints: Record<number, string> = {
  401: "the kubeconfig's credentials are not accepted",
  403: "ask for the rights on filterdeployments.meshwasm.io in this namespace",
  404: "install the operator first: meshwasm operator manifests | kubectl apply --server-side -f -",
};

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new Error("the answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function invalid(message: string, cause?: unknown): MeshwasmError {
  return new MeshwasmError("KUBECONFIG_INVALID", message, {
    cause,
    hint: "name a readable one with --kubeconfig, and a context of it with --context",
  });
}
