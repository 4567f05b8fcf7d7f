import type { KubeObject } from "../parts/kube-api.js";

/** What the kubelet would say of a pod. */
export interface PodState {
  ip: string;
  ready: boolean;
  startTime: string;
  /** How often its sidecar was started again. */
  restarts: number;
  /** Why no container was started yet; undefined: they run. */
  waiting?: { reason: string; message: string } | undefined;
}

/** A running pod's status, as its kubelet writes it. */
export function podStatus(
  pod: KubeObject,
  { ip, ready, startTime, restarts, waiting }: PodState,
): KubeObject {
  const ofContainer = ({ name, image }: KubeObject) => ({
    ...{ name, image, imageID: waiting ? "" : image, ready, started: !waiting },
    restartCount: name === "istio-proxy" ? restarts : 0,
    state: waiting ? { waiting } : { running: { startedAt: startTime } },
  });
  const now = new Date().toISOString();
  const condition = (type: string, is: boolean) => ({
    ...{ type, status: is ? "True" : "False" },
    lastTransitionTime: now,
  });
  return {
    phase: waiting ? "Pending" : "Running",
    ...{ podIP: ip, podIPs: [{ ip }], hostIP: "127.0.0.1", startTime },
    conditions: [
      condition("PodScheduled", true),
      condition("Initialized", !waiting),
      ...["ContainersReady", "Ready"].map((type) => condition(type, ready)),
    ],
    initContainerStatuses: (pod.spec.initContainers ?? []).map(ofContainer),
    containerStatuses: pod.spec.containers.map(ofContainer),
  };
}
