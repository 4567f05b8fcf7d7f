import type { KubeObject } from "../parts/kube-api.js";

/** What the kubelet would say of a pod. */
export interface PodState {
  ip: string;
  ready: boolean;
  startTime: string;
  /** How often its sidecar was started again. */
  restarts: number;
}

/** A running pod's status, as its kubelet writes it. */
export function podStatus(pod: KubeObject, { ip, ready, startTime, restarts }: PodState): KubeObject {
  const ofContainer = ({ name, image }: KubeObject) => ({
    ...{ name, image, imageID: image, ready, started: true },
    restartCount: name === "istio-proxy" ? restarts : 0,
    state: { running: { startedAt: startTime } },
  });
  const now = new Date().toISOString();
  const condition = (type: string, is: boolean) => ({
    ...{ type, status: is ? "True" : "False" },
    lastTransitionTime: now,
  });
  return {
    phase: "Running",
    ...{ podIP: ip, podIPs: [{ ip }], hostIP: "127.0.0.1", startTime },
    conditions: [
      ...["PodScheduled", "Initialized"].map((type) => condition(type, true)),
      ...["ContainersReady", "Ready"].map((type) => condition(type, ready)),
    ],
    initContainerStatuses: (pod.spec.initContainers ?? []).map(ofContainer),
    containerStatuses: pod.spec.containers.map(ofContainer),
  };
}
