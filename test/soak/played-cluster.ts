import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { noop, podLabelPrefix, storeDir } from "../../registry-operator/src/api/names.js";
import { forEachLimited } from "../../registry-operator/src/kube/index.js";
import type { KubeObject } from "../parts/kube-api.js";
import type { Kubernetes } from "../parts/kubernetes.js";

/** How large a cluster is. Each filter has ten pods, and two filters share a namespace. */
export interface ClusterSize {
  filters: number;
  nodes: number;
}

/** A cluster full of pods that nobody runs, whose Envoys are played: each says that it has what its labels choose. */
export interface PlayedCluster {
  readonly pods: number;
  /** Where all pods serve the stats of their Envoys, each on its own loopback address. */
  readonly statsPort: number;
  /** Creates the FilterDeployment of each filter; they select ten pods each. */
  enableAll(image: string): Promise<void>;
  /** The path of a filter's FilterDeployment. */
  filterPath(index: number): string;
  /** Names of the nodes that a filter's pods are on. */
  nodesOf(index: number): string[];
  /** The nodes, or those named, report what they have. */
  report(digests: readonly string[], nodes?: readonly string[]): Promise<void>;
  /** How many Envoys were asked for their stats. */
  asked(): number;
  close(): void;
}

const podsAFilter = 10;
/** Requests of ours at once: more would only wait in the API server. */
const atOnce = 32;
const api = "/apis/meshwasm.io/v1alpha1";

/** Fills an API server that has Istio's custom resources and ours. */
export async function playCluster(kube: Kubernetes, { filters, nodes }: ClusterSize): Promise<PlayedCluster> {
  const ended = new AbortController();
  const contents = followContents(kube, ended.signal);
  const labels = followLabels(kube, ended.signal);
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    const ours = labels.get(request.socket.localAddress ?? "") ?? {};
    const chosen = Object.entries(ours).flatMap(([name, value]) =>
      name.startsWith(podLabelPrefix) ? [`${name.slice(podLabelPrefix.length)} ${value}`] : [],
    );
    response.end(chosen.map((each) => `${contents.get(each) ?? noopStat(each)}\n`).join(""));
  });
  server.listen(0, "0.0.0.0");
  await once(server, "listening");

  const pods = filters * podsAFilter;
  const nodeOf = (pod: number) => `node-${pod % nodes}`;
  const namespaceOf = (filter: number) => `shop-${Math.floor(filter / 2)}`;
  const filterPath = (index: number) =>
    `${api}/namespaces/${namespaceOf(index)}/filterdeployments/filter-${index}`;
  const all = (count: number) => Array.from({ length: count }, (_, index) => index);
  await forEachLimited(all(Math.ceil(filters / 2)), atOnce, async (index) => {
    const name = `shop-${index}`;
    await kube.api.create("/api/v1/namespaces", { metadata: { name } });
    // The controller manager would make it.
    await kube.api.create(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: "default" } });
  });
  await forEachLimited(all(pods), atOnce, async (index) => {
    const filter = Math.floor(index / podsAFilter);
    const path = `/api/v1/namespaces/${namespaceOf(filter)}/pods`;
    const name = `web-${index}`;
    await kube.api.create(path, podOf(name, `app-${filter}`, nodeOf(index)));
    await kube.api.patch(`${path}/${name}/status`, { status: statusOf(addressOf(index)) });
  });
  const report = (digests: readonly string[], some: readonly string[] = all(nodes).map(nodeOf)) =>
    forEachLimited(some, atOnce, async (name) => {
      const path = `${api}/nodemodules`;
      const object = { apiVersion: "meshwasm.io/v1alpha1", kind: "NodeModules", metadata: { name } };
      if (!(await kube.api.find(`${path}/${name}`))) await kube.api.create(path, object);
      await kube.api.patch(`${path}/${name}/status`, { status: { digests, agentVersion: "0.1.0" } });
    });
  return {
    ...{ pods, report, filterPath },
    statsPort: (server.address() as AddressInfo).port,
    enableAll: (image) =>
      forEachLimited(all(filters), atOnce, async (index) => {
        await kube.api.apply(filterPath(index), {
          apiVersion: "meshwasm.io/v1alpha1",
          kind: "FilterDeployment",
          metadata: { name: `filter-${index}`, namespace: namespaceOf(index) },
          spec: {
            filter: { image, rootId: "hello" },
            workloadSelector: { matchLabels: { app: `app-${index}` } },
          },
        });
      }),
    nodesOf: (index) => [...new Set(all(podsAFilter).map((pod) => nodeOf(index * podsAFilter + pod)))],
    asked: () => asked,
    close: () => {
      ended.abort();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** By `ID VALUE` of a content: the stat that an Envoy has as long as that is loaded. */
function followContents(kube: Kubernetes, signal: AbortSignal): Map<string, string> {
  const stats = new Map<string, string>();
  const name = /meshwasm-([0-9a-f]{10})\.(r-[0-9a-f]{10})\.sha256-([0-9a-f]{64})\.(\d+)/;
  void kube.api.watch(
    "/apis/networking.istio.io/v1alpha3/envoyfilters",
    (_, { spec }) => {
      const [, id, value = "", hex, attempt] = name.exec(JSON.stringify(spec)) ?? [];
      if (id === undefined) return;
      const plugin = `meshwasm_${id}_${value.replace("-", "_")}_sha256_${hex}_${attempt}`;
      stats.set(`${id} ${value}`, `envoy_wasm_${plugin}_vm_reload{} 0`);
    },
    signal,
  );
  return stats;
}

/** The stat of a content that does nothing. */
function noopStat(chosen: string): string {
  const [id, value] = chosen.split(" ");
  return value === noop ? `envoy_http_rbac_meshwasm_${id}_noop_rbac_allowed{} 0` : "";
}

/** By address: the labels of the pod that has it. */
function followLabels(kube: Kubernetes, signal: AbortSignal): Map<string, Record<string, string>> {
  const labels = new Map<string, Record<string, string>>();
  void kube.api.watch(
    "/api/v1/pods",
    (_, { metadata, status }) => {
      if (status.podIP) labels.set(status.podIP, metadata.labels ?? {});
    },
    signal,
  );
  return labels;
}

/** All of 127.0.0.0/8 is this machine. */
function addressOf(pod: number): string {
  return `127.1.${Math.floor(pod / 250)}.${(pod % 250) + 1}`;
}

function podOf(name: string, app: string, nodeName: string): KubeObject {
  const image = "registry.example.com/any";
  return {
    metadata: { name, labels: { app } },
    spec: {
      ...{ nodeName, automountServiceAccountToken: false },
      containers: [
        { name: "app", image },
        { name: "istio-proxy", image, volumeMounts: [{ name: "filters", mountPath: storeDir }] },
      ],
      volumes: [{ name: "filters", hostPath: { path: storeDir } }],
    },
  };
}

function statusOf(podIP: string): KubeObject {
  const startedAt = "2026-01-01T00:00:00Z";
  const statuses = ["app", "istio-proxy"].map((name) => ({
    ...{ name, image: "any", imageID: "any", ready: true, restartCount: 0, started: true },
    state: { running: { startedAt } },
  }));
  return {
    ...{ phase: "Running", podIP, podIPs: [{ ip: podIP }], startTime: startedAt },
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: startedAt }],
    containerStatuses: statuses,
  };
}
