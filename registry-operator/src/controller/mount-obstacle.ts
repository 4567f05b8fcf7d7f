import { mountLabel, storeDir } from "../api/names.js";
import type { FilterView } from "../desired/filter-view.js";
import type { Pod } from "../desired/pod.js";
import { forbidsHostPath } from "../desired/workload.js";
import type { PodPlan } from "./pod-plan.js";
import type { Services } from "./services.js";

/** Why pods lack the mount, for the status. */
export interface Problem {
  reason: string;
  message: string;
}

/** What a namespace says to the mount. */
export const podSecurityForbids = "the namespace's Pod Security level forbids volumes of type hostPath";

/** A problem that names its pod. */
export function problemOf({ metadata }: Pod, reason: string, why: string): Problem {
  return { reason, message: `pod ${metadata.namespace}/${metadata.name}: ${why}` };
}

/** Why a pod would lack the mount again if it were made anew, with the same template; undefined: it would get it. */
export function mountObstacle(
  pod: Pod,
  { world, mountsPods }: Pick<Services, "world" | "mountsPods">,
): Problem | undefined {
  const namespaceLabels = world.labelsOfNamespace(pod.metadata.namespace ?? "");
  if (forbidsHostPath(namespaceLabels)) return problemOf(pod, "PodSecurityForbids", podSecurityForbids);
  const unsupported = (why: string) => problemOf(pod, "MountUnsupported", why);
  if (pod.storeDirTaken) {
    return unsupported(`its proxy has something else at ${storeDir}, above it or below it`);
  }
  const why =
    pod.proxy === "gateway"
      ? "injection gives gateways no volumes"
      : "no pod template gives it the mount that the operator may change";
  const byHand = "mount the store in its own template";
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
export function heldWithoutMount(view: FilterView, plans: readonly PodPlan[], services: Services): Pod[] {
  if (view.direction !== "Gateway" && view.mayRestart) return [];
  return plans
    .filter(({ pod, label }) => {
      const isHeld = label === undefined && !pod.mounted && !pod.gone && pod.proxyState === "starting";
      return isHeld && pod.controlled && pod.workload !== undefined && !mountObstacle(pod, services);
    })
    .map(({ pod }) => pod);
}
