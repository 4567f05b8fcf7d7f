import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startRegistry } from "@meshwasm/oras/registry";
import { istiodFolder } from "../../scripts/setup/istiod.mjs";
import { pushHello } from "../mesh/filters.js";
import { freePorts } from "../parts/free-port.js";
import type { KubeObject } from "../parts/kube-api.js";
import { type Kubernetes, startKubernetes } from "../parts/kubernetes.js";
import { Part } from "../parts/part.js";
import { type ClusterSize, type PlayedCluster, playCluster } from "./played-cluster.js";
import { kinds } from "./report.js";

/** What the operator cost in a cluster of one size. */
export interface ScaleReport extends ClusterSize {
  pods: number;
  /** From its start until every filter was ready. */
  convergeSeconds: number;
  /** Its requests to the API server meanwhile by kind, and seconds of its CPU time. */
  convergeRequests: Record<string, number>;
  convergeCpu: number;
  /** MiB: at most, and when nothing happens. */
  peakMemory: number;
  memory: number;
  /** Percent of one core, when nothing happens. */
  idle: number;
  /** Another version of one filter: until it was ready, and all requests to the API server meanwhile by kind. */
  upgradeSeconds: number;
  upgradeRequests: Record<string, number>;
  /** Envoys that were asked meanwhile. */
  upgradeLooks: number;
}

const bundle = fileURLToPath(new URL("../../registry-operator/bundle/meshwasm-operator.js", import.meta.url));
const crds = fileURLToPath(new URL("../../registry-operator/crds", import.meta.url));
const idleSeconds = 30;

/** Starts the operator, as it is shipped, in a full cluster, waits until all is ready, then upgrades one filter. */
export async function measureScale(size: ClusterSize, onStep: (text: string) => void): Promise<ScaleReport> {
  const kube = await startKubernetes();
  const registry = await startRegistry();
  let cluster: PlayedCluster | undefined;
  let operator: Part | undefined;
  let done = false;
  try {
    await kube.kubectl(["apply", "--server-side", "-f", join(istiodFolder(), "crds.yaml")]);
    await kube.kubectl(["apply", "--server-side", "-k", crds]);
    await kube.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    for (const name of ["meshwasm-system", "istio-system"]) {
      await kube.api.create("/api/v1/namespaces", { metadata: { name } });
    }
    onStep(`${size.filters} filters on ${size.nodes} nodes: filling the cluster`);
    cluster = await playCluster(kube, size);
    const images = [];
    for (const version of ["1.0.0", "2.0.0"]) {
      images.push(await pushHello({ registry }, { version, prefix: `${version} ` }));
    }
    const [first = "", second = ""] = images;
    await cluster.enableAll(first);
    const ready = followReady(kube, size.filters);

    onStep("starting the operator");
    const [port, metricsPort] = await freePorts(2);
    const metrics = `http://127.0.0.1:${metricsPort}/metrics`;
    const started = performance.now();
    operator = await Part.start(
      {
        name: "the operator",
        command: process.execPath,
        args: [
          ...[bundle, "operator", "--kubeconfig", kube.kubeconfig, "--listen", `127.0.0.1:${port}`],
          ...["--metrics-listen", `127.0.0.1:${metricsPort}`, "--store-dir", join(kube.folder, "store")],
          ...["--plain-http-registries", registry.host, "--stats-port", String(cluster.statsPort)],
        ],
        log: join(kube.folder, "operator.log"),
      },
      async () => (await fetch(metrics)).ok,
    );
    // The nodes have the module once somebody wants it.
    await cluster.report([await moduleOf(kube, cluster, 0, "")]);
    await ready.all();
    const convergeSeconds = (performance.now() - started) / 1000;
    const convergeCpu = await cpuSeconds(operator.pid);
    const convergeRequests = await requestsIn(metrics);
    onStep(`all ready after ${convergeSeconds.toFixed(1)} s: ${kinds(convergeRequests)}`);

    await sleep(10_000);
    const before = await cpuSeconds(operator.pid);
    await sleep(idleSeconds * 1000);
    const idle = (((await cpuSeconds(operator.pid)) - before) * 100) / idleSeconds;
    const { VmRSS: memory = 0, VmHWM: peakMemory = 0 } = await memoryOf(operator.pid);

    const [asked, requests] = [cluster.asked(), await requestsIn(metrics)];
    const old = await moduleOf(kube, cluster, 0, "");
    const upgraded = performance.now();
    await kube.api.patch(cluster.filterPath(0), { spec: { filter: { image: second } } });
    const digest = await moduleOf(kube, cluster, 0, old);
    await cluster.report([old, digest], cluster.nodesOf(0));
    await ready.generation(cluster.filterPath(0), 2);
    const upgradeSeconds = (performance.now() - upgraded) / 1000;
    await sleep(2_000);
    const after = await requestsIn(metrics);
    const upgradeRequests = Object.fromEntries(
      Object.entries(after)
        .map(([kind, count]) => [kind, count - (requests[kind] ?? 0)] as const)
        .filter(([kind, count]) => count > 0 && !kind.includes("leases")),
    );
    const upgradeLooks = cluster.asked() - asked;
    done = true;
    return {
      ...{
        ...size,
        pods: cluster.pods,
        convergeSeconds,
        convergeRequests,
        convergeCpu,
        peakMemory,
        memory,
        idle,
      },
      ...{ upgradeSeconds, upgradeRequests, upgradeLooks },
    };
  } finally {
    await operator?.stop("SIGKILL");
    cluster?.close();
    await registry.close();
    await kube.stop({ keepLogs: !done });
  }
}

/** Waits until the operator has found out which module a filter is now, another than the given. */
async function moduleOf(
  kube: Kubernetes,
  cluster: PlayedCluster,
  index: number,
  other: string,
): Promise<string> {
  for (;;) {
    const { status } = await kube.api.get(cluster.filterPath(index));
    const digest = status?.moduleDigest;
    if (digest && digest !== other) return digest;
    await sleep(100);
  }
}

/** Follows the FilterDeployments. */
function followReady(kube: Kubernetes, count: number) {
  const ended = new AbortController();
  const ready = new Map<string, number>();
  let check = () => {};
  void kube.api.watch(
    "/apis/meshwasm.io/v1alpha1/filterdeployments",
    (_, { metadata, status }) => {
      const is = (status?.conditions ?? []).find(({ type }: KubeObject) => type === "Ready");
      const isReady = is?.status === "True" && is.observedGeneration === metadata.generation;
      ready.set(metadata.name, isReady ? metadata.generation : 0);
      check();
    },
    ended.signal,
  );
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      check = () => {
        if (holds()) resolve();
      };
      check();
    });
  return {
    all: () => until(() => [...ready.values()].filter((generation) => generation > 0).length === count),
    async generation(path: string, generation: number) {
      await until(() => (ready.get(path.split("/").at(-1) ?? "") ?? 0) >= generation);
      ended.abort();
    },
  };
}

/** The operator's requests to the API server so far, by `METHOD resource`. */
async function requestsIn(metrics: string): Promise<Record<string, number>> {
  const text = await (await fetch(metrics)).text();
  const counts: Record<string, number> = {};
  const line = /^meshwasm_kube_requests_total\{method="(\w+)",resource="([^"]+)",status="\d+"\} (\d+)$/gm;
  for (const [, method, resource, count] of text.matchAll(line)) {
    const kind = `${method} ${resource}`;
    counts[kind] = (counts[kind] ?? 0) + Number(count);
  }
  return counts;
}

/** Of a process, so far. */
async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  // In ticks of 10 ms: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** In MiB. */
async function memoryOf(pid: number): Promise<Record<string, number>> {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  return Object.fromEntries(
    [...text.matchAll(/^(Vm\w+):\s+(\d+) kB$/gm)].map(([, name, kib]) => [name, Number(kib) / 1024]),
  );
}
