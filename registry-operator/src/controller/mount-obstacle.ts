import { mountLabel, storeDir } from "../api/names.js";
import type { FilterView } from "../desired/filter-view.js";
import { type PodMount, storeMount } from "../desired/mount.js";
import { hasMount, type Pod } from "../desired/pod.js";
import { forbidsHostPath } from "../desired/workload.js";
import type { PodPlan } from "./pod-plan.js";
import type { Services } from "./services.js";

/** Why pods lack the mount, for the status. */
export interface Problem {
  reason: string;
  message: string;
}

/** What a namespace says to the mount. */
export const podSecurityForbids =
  "the namespace's Pod Security level forbids volumes of type hostPath; a FilterDeployment of its own there can have an image volume";

/** A problem that names its pod. */
export function problemOf({ metadata }: Pod, reason: string, why: string): Problem {
  return { reason, message: `pod ${metadata.namespace}/${metadata.name}: ${why}` };
}

/** What the status says of a pod whose node cannot pull the image; undefined: it can, or has not tried yet. */
export function imagePullFails(pod: Pod, mount: PodMount): Problem | undefined {
  if (!pod.pullFails || mount === storeMount || !hasMount(pod, mount)) return undefined;
  const what = `its node ${pod.node ?? ""} cannot pull an image`;
  const hint = "'kubectl describe pod' says why; the kubelet goes by the pod's imagePullSecrets";
  return problemOf(pod, "ImagePullFailed", `${what}: ${hint}`);
}

/**
 * Why a pod would lack the mount again if it were made anew, with the same template; undefined: it would get it.
 *
 * @param mount what it shall have
 */
export function mountObstacle(
  pod: Pod,
  mount: PodMount,
  { world, mountsPods }: Pick<Services, "world" | "mountsPods">,
): Problem | undefined {
  const namespaceLabels = world.labelsOfNamespace(pod.metadata.namespace ?? "");
  const isStore = mount === storeMount;
  if (isStore && forbidsHostPath(namespaceLabels)) {
    return problemOf(pod, "PodSecurityForbids", podSecurityForbids);
  }
  const unsupported = (why: string) => problemOf(pod, "MountUnsupported", why);
  if (isStore && pod.storeDirTaken) {
    return unsupported(`its proxy has something else at ${storeDir}, above it or below it`);
  }
  const why =
    pod.proxy === "gateway"
      ? "injection gives gateways no volumes"
      : "no pod template gives it the mount that the operator may change";
  const byHand = `mount the ${isStore ? "store" : "image"} in its own template`;
  if ([namespaceLabels, pod.metadata.labels].some((labels) => labels?.[mountLabel] === "false")) {
    return unsupported(`${why}, and the label ${mountLabel} says no: ${byHand}`);
  }
  if (!mountsPods()) return unsupported(`${why}, and the API server does not ask about pods: ${byHand}`);
  return undefined;
}

/**
 * Pods that came without the mount, as they do while the operator is away, and are held unready for it. They would wait for
 * ever, and have not begun to serve. Only those whose owner makes another one that gets it; of a Job, say, each pod counts.
 */
export function heldWithoutMount(
  view: FilterView,
  plans: readonly PodPlan[],
  mountOf: (pod: Pod) => PodMount,
  services: Services,
): Pod[] {
  if (view.direction !== "Gateway" && view.mayRestart) return [];
  return plans
    .filter(({ pod, label, mounted }) => {
      const isHeld = label === undefined && !mounted && !pod.gone && pod.proxyState === "starting";
      return (
        isHeld && pod.controlled && pod.workload !== undefined && !mountObstacle(pod, mountOf(pod), services)
      );
    })
    .map(({ pod }) => pod);
}
