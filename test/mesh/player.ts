import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeApi, KubeObject } from "../parts/kube-api.js";
import type { PodAddresses } from "./addresses.js";
import { NodeImages } from "./node-images.js";
import { PlayedPod, type PodSurroundings } from "./played-pod.js";
import { nodeAskedFor } from "./pod-spec.js";

/** A node of the mesh. */
export interface PlayedNode {
  name: string;
  /** What is `/` to hostPath volumes on it. */
  root: string;
}

/** Plays scheduler, kubelets and container runtime for all pods of a cluster. */
export class NodePlayer {
  private readonly pods = new Map<string, PlayedPod>();
  private readonly bound = new Set<string>();
  private readonly nodes: PlayedNode[] = [];
  /** By node. */
  private readonly images = new Map<string, NodeImages>();
  private readonly ended = new AbortController();
  private readonly watch: Promise<void>;

  constructor(
    private readonly around: PodSurroundings,
    private readonly addresses: PodAddresses,
  ) {
    this.watch = around.api.watch("/api/v1/pods", (type, pod) => this.see(type, pod), this.ended.signal);
  }

  /** Adds a node, to the cluster too. */
  async addNode(node: PlayedNode): Promise<void> {
    const { api } = this.around;
    const { name } = node;
    await api.create("/api/v1/nodes", { metadata: { name, labels: { "kubernetes.io/hostname": name } } });
    const status = {
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
      nodeInfo: { kubeletVersion: "v1.36.3", operatingSystem: "linux", architecture: "amd64" },
      capacity: { pods: "110", cpu: "8", memory: "32Gi" },
      allocatable: { pods: "110", cpu: "8", memory: "32Gi" },
    };
    await api.patch(`/api/v1/nodes/${name}/status`, { status });
    // New nodes are tainted until their controller has seen them, which does not run here.
    await api.patch(`/api/v1/nodes/${name}`, { spec: { taints: null } });
    this.nodes.push(node);
  }

  /** A pod that runs here. */
  find(uid: string): PlayedPod | undefined {
    return this.pods.get(uid);
  }

  /** Kills all. */
  async stop(): Promise<void> {
    this.ended.abort();
    await this.watch;
    await Promise.all([...this.pods.values()].map((pod) => pod.kill()));
  }

  private see(type: string, pod: KubeObject): void {
    const { uid, deletionTimestamp } = pod.metadata;
    const played = this.pods.get(uid);
    if (type === "DELETED") {
      this.pods.delete(uid);
      // A pod deleted by force, or the last word of one that we ended.
      void played?.kill();
    } else if (deletionTimestamp) {
      void (played ? played.terminate() : deleteNow(this.around.api, pod));
    } else if (!pod.spec.nodeName) {
      void this.schedule(pod);
    } else if (!played) {
      const node = this.nodes.find(({ name }) => name === pod.spec.nodeName);
      if (node) this.pods.set(uid, this.played(pod, node));
    }
  }

  private played(pod: KubeObject, { name, root }: PlayedNode): PlayedPod {
    const images = this.images.get(name) ?? new NodeImages(join(root, "images"));
    this.images.set(name, images);
    return new PlayedPod(pod, this.addresses.take(), root, images, this.around);
  }

  private async schedule(pod: KubeObject): Promise<void> {
    const { namespace, name, uid } = pod.metadata;
    if (this.bound.has(uid)) return;
    this.bound.add(uid);
    while (this.nodes.length === 0 && !this.ended.signal.aborted) await sleep(100);
    const node = nodeAskedFor(pod) ?? this.nodes[this.bound.size % this.nodes.length]?.name;
    const binding = { metadata: { name, uid }, target: { apiVersion: "v1", kind: "Node", name: node } };
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/binding`;
    await this.around.api.create(path, binding).catch(() => this.bound.delete(uid));
  }
}

async function deleteNow(api: KubeApi, { metadata }: KubeObject): Promise<void> {
  const { namespace, name, uid } = metadata;
  const body = { gracePeriodSeconds: 0, preconditions: { uid } };
  await api.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, body).catch(() => {});
}
