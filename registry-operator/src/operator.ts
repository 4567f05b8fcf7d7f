import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { type Logger, pino } from "pino";
import {
  operatorNamespace as defaultNamespace,
  rootNamespace as defaultRootNamespace,
  fieldManager,
} from "./api/names.js";
import { KubeAuthority, KubeTokenReviewer } from "./certificates/index.js";
import { Controller } from "./controller/index.js";
import { KubeClient, LeaderElection, loadKubeConfig } from "./kube/index.js";
import { StatsReader } from "./loaded/index.js";
import { Metrics } from "./metrics/metrics.js";
import { startMetricsServer } from "./metrics/metrics-server.js";
import { createModuleServer, openModuleStore } from "./modules/index.js";
import { startWebhook, type Webhook } from "./webhook/index.js";

/** How the operator runs; every member may be absent. */
export interface OperatorOptions {
  /** Absent: `$KUBECONFIG`, or the pod's own ServiceAccount. */
  kubeconfig?: string | undefined;
  /** Where the operator's own objects are. Absent: `meshwasm-system`. */
  namespace?: string | undefined;
  /** The mesh's root namespace. Absent: `istio-system`. */
  rootNamespace?: string | undefined;
  /** `HOST:PORT` for the agents. Absent: `0.0.0.0:8443`. */
  listen?: string | undefined;
  /** More names under which agents reach it, for its certificate. */
  hosts?: readonly string[] | undefined;
  /** `HOST:PORT` for metrics and probes. Absent: `0.0.0.0:8080`. */
  metricsListen?: string | undefined;
  /** `HOST:PORT` for the API server's admission. Absent: no webhook is served. */
  webhookListen?: string | undefined;
  /** Its own copies of modules. Absent: `/var/lib/meshwasm`. */
  storeDir?: string | undefined;
  /** Registries, `HOST:PORT`, that are asked over plain HTTP. */
  plainHttpRegistries?: readonly string[] | undefined;
  /** Where sidecars serve their stats. Absent: 15090. */
  statsPort?: number | undefined;
  /** Milliseconds for one image, from the first request to the last byte. Absent: 2 minutes. */
  imageMs?: number | undefined;
  /** Milliseconds of the lease, see `LeaderElectionOptions`. Absent: 15 s. */
  leaseMs?: number | undefined;
  /** Absent: JSON lines on standard output. */
  log?: Logger | undefined;
  /** Called each time that it has begun to lead. */
  onLeading?:
    | ((urls: { modules: string; metrics: string; webhook?: string | undefined }) => void)
    | undefined;
}

/**
 * Runs the operator until the signal fires: it waits for the lease, then serves agents and reconciles. The mesh stays as
 * it is when it ends, however it ends.
 *
 * @throws MeshwasmError KubeConfigInvalid, Usage, StoreFailed; LeadershipLost, after which the process should end
 */
export async function startOperator(options: OperatorOptions, signal: AbortSignal): Promise<void> {
  const log = options.log ?? pino({ name: "meshwasm-operator" });
  let controller: Controller | undefined;
  const metrics = new Metrics({
    leading: () => controller !== undefined,
    filters: () => controller?.filters ?? [],
    depth: () => controller?.depth ?? 0,
  });
  const namespace = options.namespace ?? defaultNamespace;
  const config = loadKubeConfig(options.kubeconfig);
  const client = new KubeClient(config, metrics.request);
  const store = await openModuleStore(options.storeDir ?? "/var/lib/meshwasm", {
    plainHttpRegistries: options.plainHttpRegistries,
    deadlineMs: options.imageMs,
  });
  const http = await startMetricsServer(
    options.metricsListen ?? "0.0.0.0:8080",
    metrics.registry,
    () => controller !== undefined,
  );
  const lease = options.leaseMs ?? 15_000;
  const election = new LeaderElection(client, {
    namespace,
    name: fieldManager,
    identity: `${hostname()}-${randomBytes(4).toString("hex")}`,
    ...{ lease, renew: (lease * 2) / 3, retry: lease / 7.5 },
    onError: (error) => log.warn({ error: String(error) }, "the lease was not reached"),
  });

  const lead = async (leading: AbortSignal) => {
    // Whoever has lost the lease must not write what it was about to: another one leads by now.
    const client = new KubeClient(config, metrics.request, leading);
    const service = `${fieldManager}.${namespace}.svc`;
    const hosts = [
      service,
      `${service}.cluster.local`,
      "localhost",
      "127.0.0.1",
      "::1",
      ...(options.hosts ?? []),
    ];
    const authority = new KubeAuthority(client, namespace);
    const rootNamespace = options.rootNamespace ?? defaultRootNamespace;
    const onError = (error: unknown, what: string) => log.warn({ error: String(error) }, what);
    const server = createModuleServer({
      ...{ store, authority, hosts, onError },
      reviewer: new KubeTokenReviewer(client, { namespace }),
      listen: options.listen ?? "0.0.0.0:8443",
    });
    const { url } = await server.listen();
    let webhook: Webhook | undefined;
    const running = new Controller({
      ...{ client, store, server, log, observe: metrics.observer },
      rootNamespace,
      stats: new StatsReader(options.statsPort === undefined ? {} : { port: options.statsPort }),
      mountsPods: () => webhook?.mountsPods ?? false,
    });
    const ended = new Promise<void>((resolve) => {
      if (leading.aborted) resolve();
      leading.addEventListener("abort", () => resolve(), { once: true });
    });
    try {
      const { webhookListen: listen } = options;
      if (listen !== undefined) {
        const { known } = running;
        webhook = await startWebhook({
          ...{ client, known, store, authority, listen, hosts, rootNamespace, onError },
        });
      }
      await Promise.race([running.start(), ended]);
      if (!leading.aborted) {
        controller = running;
        log.info({ modules: url, metrics: http.url }, "the operator leads");
        options.onLeading?.({ modules: url, metrics: http.url, webhook: webhook?.url });
      }
      await ended;
    } finally {
      controller = undefined;
      await running.stop();
      await webhook?.close();
      await server.close();
      client.close();
    }
  };
  try {
    await election.run(lead, signal);
  } finally {
    await http.close();
    client.close();
  }
}
