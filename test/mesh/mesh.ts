import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, type Registry, type RegistryRequest, startRegistry } from "@meshwasm/oras/registry";
import { findEnvoy } from "../../cli/src/envoy/find.js";
import type { KubeObject } from "../parts/kube-api.js";
import { type Kubernetes, startKubernetes } from "../parts/kubernetes.js";
import { PodAddresses } from "./addresses.js";
import { adminPort, statsPort } from "./bootstrap.js";
import { type App, startApp } from "./echo.js";
import { type Istiod, startIstiod } from "./istiod.js";
import { type Load, type LoadOptions, startLoad, together } from "./load.js";
import { startGrpcStream, startTcpStream } from "./long-stream.js";
import { parseMetrics } from "./metrics.js";
import { NodePlayer, type PlayedNode } from "./player.js";
import { until } from "./until.js";
import { deploy, type Workload, type WorkloadOptions } from "./workload.js";

/** What `startMesh` starts. */
export interface MeshOptions {
  /** Nodes, named `node-1` and so on. */
  nodes: number;
}

/** A whole mesh on this machine: control planes, nodes, sidecars, an app, a registry; all real but the kubelets. */
export interface Mesh {
  kube: Kubernetes;
  istiod: Istiod;
  registry: Registry;
  app: App;
  nodes: readonly PlayedNode[];
  /** Where bootstraps and logs are. */
  folder: string;
  /** Adds a node while the mesh runs. */
  addNode(): Promise<PlayedNode>;
  /** Creates a namespace of a new name with injection, and with what else its metadata shall have. */
  namespace(labels?: Record<string, string>): Promise<string>;
  /** Creates a Deployment and a Service. */
  deploy(options: WorkloadOptions): Promise<Workload>;
  /** One request to the app through a pod's sidecar, on a connection of its own. */
  request(pod: KubeObject, options?: { path?: string; headers?: Record<string, string> }): Promise<Response>;
  /**
   * A load on one pod: 4 kept-alive connections, each with 15 ms between two requests, unless said otherwise; and beside them
   * a TCP stream and a gRPC stream that stay open.
   */
  load(pod: KubeObject, options?: Partial<Pick<LoadOptions, "connections" | "pause" | "headers">>): Load;
  /** A pod's Prometheus metrics, as a scraper reads them. */
  stats(pod: KubeObject): Promise<Map<string, number>>;
  /** Asks the admin API of a pod's Envoy. */
  admin(pod: KubeObject, path: string): Promise<string>;
  /** Kills a pod's Envoy; the node starts it again. */
  crash(pod: KubeObject): Promise<void>;
  /** Has the registry do wrong what this chooses for a request; undefined: it does nothing wrong any more. */
  spoilRegistry(choose: ((request: RegistryRequest) => Fault | undefined) | undefined): void;
  /** Has something done when the mesh stops, before its parts do. */
  onStop(action: () => unknown): void;
  /** Ends all. Logs stay, and it says where, when `keepLogs`. */
  stop(options?: { keepLogs?: boolean }): Promise<void>;
}

/** Starts a mesh: about 20 seconds. */
export async function startMesh({ nodes: count }: MeshOptions): Promise<Mesh> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-mesh-"));
  const started: ((keepLogs: boolean) => unknown)[] = [];
  const stop = async ({ keepLogs = false } = {}) => {
    // Taken out, so that a second call has nothing left to do.
    for (const each of started.splice(0).reverse()) await each(keepLogs);
    if (keepLogs) console.error(`the logs of the mesh are in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  };
  try {
    const envoy = (await findEnvoy()).path;
    const app = await startApp();
    started.push(() => app.close());
    let spoiled: ((request: RegistryRequest) => Fault | undefined) | undefined;
    const registry = await startRegistry({ faults: (request) => spoiled?.(request) });
    started.push(() => registry.close());
    const addresses = await PodAddresses.claim();
    started.push(() => addresses.release());
    const kube = await startKubernetes({ controllerManager: true });
    started.push((keepLogs) => kube.stop({ keepLogs }));
    const istiod = await startIstiod(kube, folder);
    started.push(() => istiod.stop());
    const around = { api: kube.api, envoy, folder, istiodPort: istiod.grpcPort, app };
    const player = new NodePlayer(around, addresses);
    started.push(() => player.stop());
    const nodes: PlayedNode[] = [];
    const addNode = async () => {
      const name = `node-${nodes.length + 1}`;
      const node = { name, root: join(folder, name) };
      nodes.push(node);
      await mkdir(node.root);
      await player.addNode(node);
      return node;
    };
    for (let n = 0; n < count; n++) await addNode();
    let namespaces = 0;
    return {
      ...{ kube, istiod, registry, app, nodes, folder, addNode, stop },
      async namespace(labels = {}) {
        const name = `test-${++namespaces}`;
        const metadata = { name, labels: { "istio-injection": "enabled", ...labels } };
        await kube.api.create("/api/v1/namespaces", { metadata });
        const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
        await until(`${name} has its ServiceAccount`, () => kube.api.find(account));
        return name;
      },
      deploy: (options) => deploy(kube, app, options),
      request: ({ status }, { path = "/", headers = {} } = {}) =>
        fetch(`http://${status.podIP}:${app.httpPort}${path}`, {
          headers: { connection: "close", ...headers },
        }),
      load({ status }, { connections = 4, pause = 15, headers } = {}) {
        const host = status.podIP;
        const load = together([
          startLoad({ host, port: app.httpPort, connections, pause, headers }),
          startTcpStream({ host, port: app.tcpPort, pause: 50 }),
          startGrpcStream({ host, port: app.grpcPort, pause: 50 }),
        ]);
        // A test that fails leaves its loads running.
        started.push(() => load.stop());
        return load;
      },
      stats: async ({ status }) =>
        parseMetrics(await text(`http://${status.podIP}:${statsPort}/stats/prometheus`)),
      admin: ({ status }, path) => text(`http://${status.podIP}:${adminPort}${path}`),
      crash: async ({ metadata }) => player.find(metadata.uid)?.crash(),
      spoilRegistry: (choose) => {
        spoiled = choose;
      },
      onStop: (action) => started.push(action),
    };
  } catch (error) {
    await stop({ keepLogs: true });
    throw error;
  }
}

async function text(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${body.slice(0, 200)}`);
  return body;
}
