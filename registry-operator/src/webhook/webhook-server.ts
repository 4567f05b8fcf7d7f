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
import { KnownCluster } from "./known-cluster.js";
import { publishAuthority } from "./publish-authority.js";
import { type AdmissionRequest, readReview, reviewOf, type Verdict } from "./review.js";

/** How the webhook is served. */
export interface WebhookOptions {
  client: KubeClient;
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
const maxAtOnce = 32;

/** The validating admission webhook while it runs. */
export interface Webhook {
  /** `https://HOST:PORT/validate` */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the validating admission webhook. Where it has nothing to go by it fails, and the API server lets the write
 * through: what it says early, the conditions of the resource say again.
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
  const cluster = new KnownCluster(options.client, (error) => options.onError(error, "the webhook's view"));
  let running = 0;
  server.on("request", async (request, response) => {
    if (running >= maxAtOnce) return sendFailure(response, 503, "too many ask at once");
    running++;
    try {
      await answer(request, response, (review) => judge(review, options, cluster), cluster.complete);
    } catch (error) {
      options.onError(error, "a question of the API server");
      if (!response.headersSent) sendFailure(response, 500, "this failed on the operator's side");
    } finally {
      running--;
    }
  });
  await listening(server, Number(port), host, options.listen);
  server.on("error", (error) => options.onError(error, "the webhook"));
  void cluster.start();
  const publish = (bundle: string) =>
    publishAuthority(options.client, bundle, signal).catch((error: unknown) => {
      if (!signal.aborted) options.onError(error, "the webhook's place in the API server");
    });
  const published = publish(first.bundle);
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
    url: `https://${isIPv6(address) ? `[${address}]` : address}:${bound}/validate`,
    close: async () => {
      clearInterval(timer);
      stop.abort();
      await Promise.all([published, cluster.stop()]);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  judged: (review: AdmissionRequest) => Promise<Verdict>,
  complete: boolean,
): Promise<void> {
  if (request.method !== "POST" || request.url?.split("?")[0] !== "/validate") {
    return sendFailure(response, 404, "there is nothing here");
  }
  if (!complete) return sendFailure(response, 503, "the cluster is not known yet");
  const review = readReview(await readJson(request, maxReviewBytes));
  if (!review) return sendFailure(response, 400, "this is no AdmissionReview of a resource of ours");
  sendJson(response, 200, reviewOf(review.uid, await judged(review)));
}

async function judge(
  { kind, namespace, object, oldObject }: AdmissionRequest,
  { store, rootNamespace }: WebhookOptions,
  known: KnownCluster,
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
