import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, isIPv6 } from "node:net";
import type { FilterDeployment } from "../api/filter-deployment.js";
import type { FilterPolicy } from "../api/filter-policy.js";
import { resources } from "../api/names.js";
import { type AuthoritySource, bundleOf, createServerCertificate } from "../certificates/index.js";
import { MeshwasmError } from "../errors.js";
import type { KubeClient } from "../kube/index.js";
import type { FolderModuleStore } from "../modules/index.js";
import { readJson, sendFailure, sendJson } from "../modules/serve/reply.js";
import { judgeFilter } from "./judge-filter.js";
import { judgePolicy } from "./judge-policy.js";
import type { KnownCluster } from "./known-cluster.js";
import { mountPod } from "./mount-pod.js";
import { publishAuthority, webhookConfigurations } from "./publish-authority.js";
import { type AdmissionRequest, patchOf, readReview, reviewOf, type Verdict } from "./review.js";

/** How the webhook is served. */
export interface WebhookOptions {
  client: KubeClient;
  known: KnownCluster;
  store: Pick<FolderModuleStore, "recall">;
  authority: AuthoritySource;
  /** `HOST:PORT`; port 0: a free one. */
  listen: string;
  /** DNS names and addresses under which the API server reaches it, for its certificate. */
  hosts: readonly string[];
  /** Where FilterDeployments are for the whole mesh. */
  rootNamespace: string;
  /** Milliseconds between looks at the authority and at its place in the API server. Absent: 5 minutes. */
  refreshMs?: number | undefined;
  /** Told of what went wrong on this side. */
  onError: (error: unknown, what: string) => void;
}

/** An object and what it was before, as large as etcd takes them. */
const maxReviewBytes = 4 * 1024 * 1024;

/** What the API server asks, by path; of each no more at once than this. A workload's pods all come at once. */
const paths = new Map<string, { most: number; answer: Answer }>([
  ["/validate", { most: 32, answer: validated }],
  ["/mutate-pods", { most: 256, answer: mutated }],
]);

type Answer = (review: AdmissionRequest, options: WebhookOptions) => object | Promise<object>;

/** The admission webhook while it runs. */
export interface Webhook {
  /** `https://HOST:PORT` */
  url: string;
  /** The API server asks about pods too, as far as is known. */
  readonly mountsPods: boolean;
  close(): Promise<void>;
}

/**
 * Serves the admission webhooks: what is wrong with a resource is said when it is written, and pods that come get the mount
 * that does not come with their template. Where it has nothing to go by it fails, and the API server lets the write through:
 * the conditions of the resources say the same again.
 *
 * @throws MeshwasmError Usage; those of the authority
 */
export async function startWebhook(options: WebhookOptions): Promise<Webhook> {
  const [, host = "", port = ""] = /^(.*):(\d{1,5})$/.exec(options.listen) ?? [];
  if (port === "") throw new MeshwasmError("Usage", `--webhook-listen ${options.listen} is not HOST:PORT`);
  const stop = new AbortController();
  const { signal } = stop;
  const own = async () => {
    const state = await options.authority.load(signal);
    return { bundle: bundleOf(state), tls: createServerCertificate(state, options.hosts) };
  };
  const first = await own();
  const server = createServer({
    ...first.tls,
    minVersion: "TLSv1.3",
    handshakeTimeout: 5_000,
    headersTimeout: 5_000,
    requestTimeout: 10_000,
  });
  const running = new Map<string, number>();
  server.on("request", async (request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    const asked = paths.get(path);
    if (request.method !== "POST" || !asked) return sendFailure(response, 404, "there is nothing here");
    const others = running.get(path) ?? 0;
    if (others >= asked.most) return sendFailure(response, 503, "too many ask at once");
    running.set(path, others + 1);
    try {
      await reply(request, response, options, asked.answer);
    } catch (error) {
      options.onError(error, "a question of the API server");
      if (!response.headersSent) sendFailure(response, 500, "this failed on the operator's side");
    } finally {
      running.set(path, (running.get(path) ?? 1) - 1);
    }
  });
  await listening(server, Number(port), host, options.listen);
  server.on("error", (error) => options.onError(error, "the webhook"));
  let mountsPods = false;
  const publish = async (bundle: string) => {
    const into = async (each: keyof typeof webhookConfigurations) => {
      try {
        return await publishAuthority(options.client, webhookConfigurations[each], bundle, signal);
      } catch (error) {
        if (!signal.aborted) options.onError(error, "the webhook's place in the API server");
        return mountsPods;
      }
    };
    await into("validating");
    mountsPods = await into("mutating");
  };
  // Before anything is said about pods: what becomes of them depends on it.
  await publish(first.bundle);
  const refresh = async () => {
    try {
      const { bundle, tls } = await own();
      await publish(bundle);
      server.setSecureContext({ ...tls, minVersion: "TLSv1.3" });
    } catch (error) {
      if (!signal.aborted) options.onError(error, "the webhook's certificate");
    }
  };
  const timer = setInterval(() => void refresh(), options.refreshMs ?? 5 * 60_000).unref();
  const { address, port: bound } = server.address() as AddressInfo;
  return {
    url: `https://${isIPv6(address) ? `[${address}]` : address}:${bound}`,
    get mountsPods() {
      return mountsPods;
    },
    close: async () => {
      clearInterval(timer);
      stop.abort();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebhookOptions,
  answer: Answer,
): Promise<void> {
  if (!options.known.complete) return sendFailure(response, 503, "the cluster is not known yet");
  const review = readReview(await readJson(request, maxReviewBytes));
  if (!review) return sendFailure(response, 400, "this is no AdmissionReview of something written");
  sendJson(response, 200, await answer(review, options));
}

function mutated(review: AdmissionRequest, { known, rootNamespace }: WebhookOptions): object {
  return patchOf(review.uid, mountPod(review, known, rootNamespace));
}

async function validated(review: AdmissionRequest, options: WebhookOptions): Promise<object> {
  return reviewOf(review.uid, await judge(review, options));
}

async function judge(
  { kind, namespace, object, oldObject }: AdmissionRequest,
  { store, rootNamespace, known }: WebhookOptions,
): Promise<Verdict> {
  if (kind === resources.filterPolicies.kind) {
    return judgePolicy(object as FilterPolicy, oldObject as FilterPolicy | undefined, known);
  }
  if (kind !== resources.filterDeployments.kind) return { refusals: [], warnings: [] };
  const filter = object as FilterDeployment;
  const old = oldObject as FilterDeployment | undefined;
  return judgeFilter({ namespace, filter, old, known, store, rootNamespace });
}

async function listening(server: Server, port: number, host: string, said: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new MeshwasmError("Usage", `--webhook-listen ${said}: ${cause.message}`, { cause })),
    );
    server.listen(port, host.replace(/^\[(.*)\]$/, "$1"), resolve);
  });
}
