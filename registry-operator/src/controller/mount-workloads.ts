import { imageVolumeOwner, mountedAnnotation, volumeName } from "../api/names.js";
import type { Finding } from "../desired/conditions.js";
import type { FilterView } from "../desired/filter-view.js";
import {
  type AnnotationChange,
  changeMounts,
  mountNames,
  type PodMount,
  storeMount,
} from "../desired/mount.js";
import { hasMount, type Pod } from "../desired/pod.js";
import { selects } from "../desired/selection.js";
import { forbidsHostPath, type Workload, workloadName, wouldBeInjected } from "../desired/workload.js";
import type { WorkloadMounts } from "../desired/workload-mounts.js";
import { workloadPlaceOf } from "../desired/workload-place.js";
import { isKubeError, type KubeObject, wellKnown } from "../kube/index.js";
import {
  imagePullFails,
  mountObstacle,
  type Problem,
  podSecurityForbids,
  problemOf,
} from "./mount-obstacle.js";
import { unneededVolumes } from "./needed-mounts.js";
import type { Services } from "./services.js";

/** How far the mount is. */
export interface MountResult {
  Mounted: Finding;
  /** Nothing is left to be done here before the slot may be inserted. */
  mayInsertSlot: boolean;
}

/** What is mounted, and whether it may be. */
export interface MountRequest {
  /** By workload, see `workloadMounts`. */
  mountsOf: (place: string | undefined) => WorkloadMounts;
  /** False: nothing is written, only looked at. */
  proceed: boolean;
}

/**
 * Gives the workloads that a FilterDeployment selects the mount of the node's store, or of its image, in the templates of
 * their pods.
 *
 * @param pods those selected
 */
export async function mountWorkloads(
  view: FilterView,
  pods: readonly Pod[],
  request: MountRequest,
  services: Services,
): Promise<MountResult> {
  const mountOf = (pod: Pod) => request.mountsOf(workloadPlaceOf(pod)).main;
  const lacking = pods.filter((pod) => !hasMount(pod, mountOf(pod)));
  const problems: Problem[] = [];
  if (view.direction !== "Gateway") {
    for (const workload of selectedWorkloads(view, services)) {
      const problem = await mountOne(view, workload, lacking, request, services);
      if (problem) problems.push(problem);
    }
  }
  for (const pod of lacking) {
    if (view.direction !== "Gateway" && workloadOf(pod, services)) continue;
    problems.push(
      mountObstacle(pod, mountOf(pod), services) ??
        problemOf(pod, "RestartNeeded", "it gets the mount when it is made anew"),
    );
  }
  problems.unshift(...pods.flatMap((pod) => imagePullFails(pod, mountOf(pod)) ?? []));
  // An image may be one that the nodes cannot pull. Listeners must not wait for what does not come.
  const isComing =
    pods.some((pod) => mountOf(pod) === storeMount) ||
    pods.some((pod) => hasMount(pod, mountOf(pod)) && pod.proxyState !== "down");
  return {
    Mounted: finding(pods, lacking, problems, mountOf),
    // Gateways are restarted by nobody here.
    mayInsertSlot: lacking.length === 0 || (isComing && view.mayRestart && view.direction !== "Gateway"),
  };
}

/** Takes what the operator mounted away from workloads of this reach where no filter needs it any more. */
export async function unmountWorkloads(view: FilterView, services: Services): Promise<void> {
  for (const workload of services.world.workloadsIn(view)) {
    if (workload.metadata.annotations?.[mountedAnnotation] !== "true") continue;
    const goes = unneededVolumes(workload, services);
    const ours = [...mountNames(workload.templateAnnotations)].filter(
      (name) => name === volumeName || imageVolumeOwner(name) !== undefined,
    );
    const isLast = ours.every(goes);
    if (!isLast && !ours.some(goes)) continue;
    const result = changeMounts(workload.templateAnnotations, [], goes);
    // What became unreadable by another's hand is left; the mark goes, so that it is not tried for ever.
    const change = "change" in result ? (result.change ?? {}) : {};
    if (!isLast && Object.keys(change).length === 0) continue;
    await annotate(workload, change, isLast ? null : "true", services);
  }
}

/** By template, so that a workload without pods is ready for its first; only those whose pods have a sidecar. */
function selectedWorkloads(view: FilterView, { world }: Services): Workload[] {
  return world.workloadsIn(view).filter((workload) => {
    const { namespace = "" } = workload.metadata;
    if (!selects(view, namespace, workload.templateLabels)) return false;
    const pods = world.pods
      .by("workload", `${namespace} ${workloadName(workload)}`)
      .filter(({ gone }) => !gone);
    if (pods.length > 0) return pods.some(({ proxy }) => proxy === "sidecar");
    return wouldBeInjected(world.labelsOfNamespace(namespace), workload);
  });
}

async function mountOne(
  view: FilterView,
  workload: Workload,
  lacking: readonly Pod[],
  { mountsOf, proceed }: MountRequest,
  services: Services,
): Promise<Problem | undefined> {
  const { namespace = "", annotations } = workload.metadata;
  const place = `${namespace}/${workloadName(workload)}`;
  const { main, all } = mountsOf(place);
  const own = lacking.filter((pod) => workloadOf(pod, services) === workload);
  const comes =
    !view.mayRestart && services.mountsPods() && own.every((pod) => !mountObstacle(pod, main, services));
  // Then its template matters only to those that are there already.
  if (comes && own.length === 0) return undefined;
  // In the same change, so that it is one restart: another image of its own goes, and a store that it alone read.
  const isUnneeded = unneededVolumes(workload, services, view);
  const goes = (name: string) =>
    imageVolumeOwner(name) === view.id || (annotations?.[mountedAnnotation] === "true" && isUnneeded(name));
  const result = changeMounts(workload.templateAnnotations, all, goes);
  if ("invalid" in result) return { reason: "AnnotationInvalid", message: `${place}: ${result.invalid}` };
  if (result.change === undefined) return undefined;
  if (all.includes(storeMount) && forbidsHostPath(services.world.labelsOfNamespace(namespace))) {
    return { reason: "PodSecurityForbids", message: `${place}: ${podSecurityForbids}` };
  }
  if (!view.mayRestart) {
    const words = Object.entries(result.change).map(([name, value]) => `${name}: '${value}'`);
    const how = comes
      ? "its pods get the mount when they are made anew, or all at once with"
      : "its pods need the mount; it comes with";
    return {
      reason: "RestartNeeded",
      message: `${place}: ${how} these annotations of the pod template: ${words.join(", ")}`,
    };
  }
  if (!proceed) {
    const until = main === storeMount ? "waits until the nodes have the module" : "nothing is changed";
    return { reason: "MountPending", message: `${place}: ${until}` };
  }
  await annotate(workload, result.change, "true", services);
  return undefined;
}

/** Only what was read is changed: a template that changed meanwhile is looked at again. */
async function annotate(
  workload: Workload,
  annotations: AnnotationChange,
  mark: "true" | null,
  { client, world, log }: Services,
): Promise<void> {
  const { namespace, name, resourceVersion, uid } = workload.metadata;
  const resources = [wellKnown.deployments, wellKnown.statefulSets, wellKnown.daemonSets];
  const resource = resources.find(({ kind }) => kind === workload.kind)!;
  const template =
    Object.keys(annotations).length > 0 ? { spec: { template: { metadata: { annotations } } } } : {};
  const patch = {
    metadata: { resourceVersion, uid, annotations: { [mountedAnnotation]: mark } },
    ...template,
  };
  try {
    const written = await client.mergePatch<KubeObject>(resource, { namespace, name }, patch);
    world.putWorkload(written, workload.kind);
    log.info(
      { workload: `${namespace}/${workloadName(workload)}` },
      mark ? "its mounts are changed" : "its mounts are taken away",
    );
  } catch (error) {
    if (!isKubeError(error, 404)) throw error;
  }
}

function workloadOf(pod: Pod, { world }: Services): Workload | undefined {
  const { workload, metadata } = pod;
  if (workload === undefined) return undefined;
  const key = `${metadata.namespace}/${workload.slice(workload.indexOf("/") + 1)}`;
  for (const informer of world.workloads) {
    const found = informer.get(key);
    if (found && workloadName(found) === workload) return found;
  }
  return undefined;
}

function finding(
  pods: readonly Pod[],
  lacking: readonly Pod[],
  problems: readonly Problem[],
  mountOf: (pod: Pod) => PodMount,
): Finding {
  const own = pods.filter((pod) => pod.mountedOnCreation && hasMount(pod, mountOf(pod))).length;
  const how = own > 0 ? `, ${own} of them since they were made` : "";
  const what = pods.every((pod) => mountOf(pod) === storeMount) ? "mount" : "image";
  const count = `${pods.length - lacking.length} of ${pods.length} pods have the ${what}${how}`;
  const [first] = problems;
  if (first) {
    const more = problems.length > 1 ? `; and ${problems.length - 1} more` : "";
    return { status: "False", reason: first.reason, message: `${count}; ${first.message}${more}` };
  }
  if (lacking.length > 0) {
    return { status: "False", reason: "RollingOut", message: `${count}; the others are being replaced` };
  }
  return { status: "True", reason: "Mounted", message: count };
}
