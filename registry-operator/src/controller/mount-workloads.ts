import { mountedAnnotation } from "../api/names.js";
import type { Finding } from "../desired/conditions.js";
import { type FilterView, viewOf } from "../desired/filter-view.js";
import { type AnnotationChange, withMount, withoutMount } from "../desired/mount.js";
import type { Pod } from "../desired/pod.js";
import { selects } from "../desired/selection.js";
import { forbidsHostPath, type Workload, workloadName, wouldBeInjected } from "../desired/workload.js";
import { isKubeError, type KubeObject, wellKnown } from "../kube/index.js";
import { mountObstacle, type Problem, podSecurityForbids, problemOf } from "./mount-obstacle.js";
import type { Services } from "./services.js";

/** How far the mount is. */
export interface MountResult {
  Mounted: Finding;
  /** Nothing is left to be done here before the slot may be inserted. */
  mayInsertSlot: boolean;
}

/**
 * Gives the workloads that a FilterDeployment selects the mount of the node's store, in the templates of their pods.
 *
 * @param pods those selected
 * @param proceed false: nothing is written, only looked at
 */
export async function mountWorkloads(
  view: FilterView,
  pods: readonly Pod[],
  services: Services,
  proceed: boolean,
): Promise<MountResult> {
  const lacking = pods.filter(({ mounted }) => !mounted);
  const problems: Problem[] = [];
  if (view.direction !== "Gateway") {
    for (const workload of selectedWorkloads(view, services)) {
      const problem = await mountOne(view, workload, lacking, services, proceed);
      if (problem) problems.push(problem);
    }
  }
  for (const pod of lacking) {
    if (view.direction !== "Gateway" && workloadOf(pod, services)) continue;
    problems.push(
      mountObstacle(pod, services) ??
        problemOf(pod, "RestartNeeded", "it gets the mount when it is made anew"),
    );
  }
  return {
    Mounted: finding(pods, lacking, problems),
    // Gateways are restarted by nobody here.
    mayInsertSlot: lacking.length === 0 || (view.mayRestart && view.direction !== "Gateway"),
  };
}

/** Takes the mount away from workloads of this reach that the operator gave it to and that no filter selects any more. */
export async function unmountWorkloads(view: FilterView, services: Services): Promise<void> {
  for (const workload of services.world.workloadsIn(view)) {
    if (workload.metadata.annotations?.[mountedAnnotation] !== "true" || isNeeded(workload, services))
      continue;
    const result = withoutMount(workload.templateAnnotations);
    // What became unreadable by another's hand is left; the mark goes, so that it is not tried for ever.
    const change = "change" in result ? (result.change ?? {}) : {};
    await annotate(workload, change, null, services);
  }
}

function isNeeded(workload: Workload, { world }: Services): boolean {
  const { namespace = "" } = workload.metadata;
  return world.filtersOver(namespace).some((filter) => {
    const view = viewOf(filter, world.rootNamespace);
    return (
      !view.deleting && view.direction !== "Gateway" && selects(view, namespace, workload.templateLabels)
    );
  });
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
  services: Services,
  proceed: boolean,
): Promise<Problem | undefined> {
  const { namespace = "" } = workload.metadata;
  const place = `${namespace}/${workloadName(workload)}`;
  const own = lacking.filter((pod) => workloadOf(pod, services) === workload);
  const comes =
    !view.mayRestart && services.mountsPods() && own.every((pod) => !mountObstacle(pod, services));
  // Then its template matters only to those that are there already.
  if (comes && own.length === 0) return undefined;
  const result = withMount(workload.templateAnnotations);
  if ("invalid" in result) return { reason: "AnnotationInvalid", message: `${place}: ${result.invalid}` };
  if (result.change === undefined) return undefined;
  if (forbidsHostPath(services.world.labelsOfNamespace(namespace))) {
    return { reason: "PodSecurityForbids", message: `${place}: ${podSecurityForbids}` };
  }
  if (!view.mayRestart) {
    const annotations = Object.entries(result.change).map(([name, value]) => `${name}: '${value}'`);
    const how = comes
      ? "its pods get the mount when they are made anew, or all at once with"
      : "its pods need the mount; it comes with";
    return {
      reason: "RestartNeeded",
      message: `${place}: ${how} these annotations of the pod template: ${annotations.join(", ")}`,
    };
  }
  if (!proceed) return { reason: "MountPending", message: `${place}: waits until the nodes have the module` };
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
      mark ? "mounting the store" : "unmounting the store",
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

function finding(pods: readonly Pod[], lacking: readonly Pod[], problems: readonly Problem[]): Finding {
  const own = pods.filter(({ mountedOnCreation }) => mountedOnCreation).length;
  const how = own > 0 ? `, ${own} of them since they were made` : "";
  const count = `${pods.length - lacking.length} of ${pods.length} pods have the mount${how}`;
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
