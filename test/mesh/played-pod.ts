import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type KubeApi, KubeApiError, type KubeObject } from "../parts/kube-api.js";
import type { App } from "./echo.js";
import { ImagePullError, type NodeImages } from "./node-images.js";
import {
  containerMounts,
  foldersToCreate,
  imageVolumes,
  proxyType,
  sidecarContainer,
  sidecarMetadata,
  statsSuffixes,
} from "./pod-spec.js";
import { type PodState, podStatus } from "./pod-status.js";
import { Sidecar } from "./sidecar.js";
import { podLabel, sidecarResource } from "./sidecar-resource.js";

/**
 * What a node takes from a pod's address to its first container. istiod must have read the pod and what it listens to by
 * then (it waits for quiet, see `istiod.ts`): a sidecar whose first answer has no listener is live, and no slot holds it.
 */
const startMillis = 2_000;

/** What pods need to run. */
export interface PodSurroundings {
  api: KubeApi;
  /** Path of Envoy. */
  envoy: string;
  /** For bootstraps and logs. */
  folder: string;
  istiodPort: number;
  app: App;
}

/** One pod on a node: does what its kubelet and container runtime would, with a real Envoy as its sidecar. */
export class PlayedPod {
  private readonly ended = new AbortController();
  private readonly state: PodState;
  private sidecar: Sidecar | undefined;
  /** By reference. */
  private readonly imageFolders = new Map<string, string>();
  private readonly life: Promise<void>;

  constructor(
    private pod: KubeObject,
    ip: string,
    private readonly nodeRoot: string,
    private readonly images: NodeImages,
    private readonly around: PodSurroundings,
  ) {
    this.state = { ip, ready: false, startTime: new Date().toISOString(), restarts: 0 };
    this.life = this.live();
  }

  /** Kills its sidecar; it is started again, as a crashed container is. */
  async crash(): Promise<void> {
    await this.sidecar?.kill();
  }

  /** Ends it as a deleted pod ends, then lets its object go. */
  async terminate(): Promise<void> {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    await this.life;
    this.state.ready = false;
    await this.report().catch(() => {});
    await this.sidecar?.drainAndStop();
    // The mesh may be stopping too, with its API server.
    const body = { gracePeriodSeconds: 0, preconditions: { uid: this.pod.metadata.uid } };
    await this.around.api.delete(this.path(), body).catch(() => {});
  }

  /** Ends it at once, without a word to anyone. */
  async kill(): Promise<void> {
    this.ended.abort();
    await this.sidecar?.kill();
    await this.life;
    await this.sidecar?.kill();
  }

  private async live(): Promise<void> {
    const { signal } = this.ended;
    const container = sidecarContainer(this.pod);
    await this.pullImages();
    if (container) await this.insist(() => this.introduce(container));
    await this.insist(() => this.report());
    if (container) await sleep(startMillis, undefined, { signal }).catch(() => undefined);
    for (let started = false; container && !signal.aborted; ) {
      if (!this.sidecar?.running) {
        if (started) await this.restarted();
        started = true;
        // A failure to start is a crash too, and is tried again.
        await this.startSidecar(container).catch((error) => {
          if (!signal.aborted) console.error(error instanceof Error ? error.message : error);
        });
      }
      await this.probe(this.sidecar ? await this.sidecar.ready() : false);
      await sleep(this.state.ready ? 500 : 100);
    }
    if (!container) await this.probe(true);
  }

  /** A kubelet starts no container before the pod's image volumes are there, and tries again, later each time. */
  private async pullImages(): Promise<void> {
    for (let wait = 1_000; !this.ended.signal.aborted; wait = Math.min(wait * 2, 30_000)) {
      try {
        for (const reference of imageVolumes(this.pod)) {
          this.imageFolders.set(reference, await this.images.pull(reference));
        }
        this.state.waiting = undefined;
        return;
      } catch (error) {
        if (!(error instanceof ImagePullError)) throw error;
        this.state.waiting = { reason: "ErrImagePull", message: error.message };
        await this.insist(() => this.report());
        await sleep(wait, undefined, { signal: this.ended.signal }).catch(() => undefined);
      }
    }
  }

  /** Makes the pod known to istiod, before its sidecar asks for what it shall be. What a gateway listens to, Gateways say. */
  private async introduce(container: KubeObject): Promise<void> {
    const { api, app } = this.around;
    const { namespace, name, uid } = this.pod.metadata;
    if (proxyType(container) === "sidecar") {
      const resource = sidecarResource(this.pod, this.state.ip, app);
      const sidecars = `/apis/networking.istio.io/v1/namespaces/${namespace}/sidecars`;
      await api.apply(`${sidecars}/pod-${name}`, resource, "node-player");
    }
    this.pod = await api.patch(this.path(), { metadata: { labels: { [podLabel]: uid } } });
  }

  private async startSidecar(container: KubeObject): Promise<void> {
    const { namespace, name, labels } = this.pod.metadata;
    for (const path of foldersToCreate(this.pod, this.nodeRoot)) await mkdir(path, { recursive: true });
    const identity = {
      type: proxyType(container),
      ...{ namespace, pod: name, ip: this.state.ip, labels },
      metadata: sidecarMetadata(container),
      statsSuffixes: statsSuffixes(this.pod),
      istiodPort: this.around.istiodPort,
    };
    const folder = (reference: string) => this.imageFolders.get(reference) as string;
    const mounts = containerMounts(this.pod, container, this.nodeRoot, folder);
    this.sidecar = await Sidecar.start(this.around.envoy, this.around.folder, identity, mounts);
  }

  private async restarted(): Promise<void> {
    this.state.restarts++;
    await this.probe(false);
    // Labels may be others by now; a bootstrap is made anew only with the pod.
    await this.insist(() => this.report());
  }

  private async probe(ready: boolean): Promise<void> {
    if (ready === this.state.ready) return;
    this.state.ready = ready;
    await this.insist(() => this.report());
  }

  private async report(): Promise<void> {
    await this.around.api.patch(`${this.path()}/status`, { status: podStatus(this.pod, this.state) });
  }

  /** The API server may be away for a while; a pod that is gone needs no more words. */
  private async insist(action: () => Promise<void>): Promise<void> {
    while (!this.ended.signal.aborted) {
      try {
        return await action();
      } catch (error) {
        if (error instanceof KubeApiError && error.status === 404) return;
        await sleep(200);
      }
    }
  }

  private path(): string {
    const { namespace, name } = this.pod.metadata;
    return `/api/v1/namespaces/${namespace}/pods/${name}`;
  }
}
