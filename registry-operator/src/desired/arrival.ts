import { mountLabel } from "../api/names.js";
import { type FilterView, imageMountOf, previousMountOf } from "./filter-view.js";
import { type PodMount, storeMount } from "./mount.js";
import { podFacts, type RawPod } from "./pod.js";
import { selects } from "./selection.js";
import { forbidsHostPath } from "./workload.js";

/** A pod that is just being made. */
export interface ArrivingPod {
  /** The object itself may not say it yet. */
  namespace: string;
  object: RawPod;
  /** Of its namespace; undefined: it is not known. */
  namespaceLabels: Record<string, string> | undefined;
}

/** Which templates Istio's injection uses for a pod. https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#custom-templates-experimental */
const templatesAnnotation = "inject.istio.io/templates";

/**
 * What a pod has to get on its own: the mounts of the filters that have something to run and select it, where they do not
 * come with its template. That is so for gateways, whose injection knows no volumes of users; for pods of workloads whose
 * template must not be touched (`restart: Never`); and for pods that belong to none that the operator annotates. Beside the
 * image of a revision that is not known to be good each pod gets the last good one, which it begins with. Nothing where Pod
 * Security would refuse a pod with the mount, or where somebody says no.
 *
 * @param filters those that can have a say in the pod's namespace
 */
export function mountsOnArrival(
  { namespace, object, namespaceLabels }: ArrivingPod,
  filters: readonly FilterView[],
): PodMount[] {
  if (namespaceLabels === undefined) return [];
  if ([namespaceLabels, object.metadata.labels].some((labels) => labels?.[mountLabel] === "false")) return [];
  const { proxy, workload } = podFacts(object);
  if (proxy === "waypoint") return [];
  const gateway = proxy === "gateway" || isGatewayTemplate(object);
  const selecting = filters.filter(
    (view) =>
      !view.deleting &&
      view.status.revision !== undefined &&
      (view.direction === "Gateway") === gateway &&
      selects(view, namespace, object.metadata.labels),
  );
  const own = selecting.filter((view) => gateway || workload === undefined || !view.mayRestart);
  const images = own.map(imageMountOf).filter((mount) => mount !== undefined);
  const needsStore = images.length < own.length && !forbidsHostPath(namespaceLabels);
  const previous = selecting.map(previousMountOf).filter((mount) => mount !== undefined);
  return [...(needsStore ? [storeMount] : []), ...images, ...previous];
}

/** Before its injection a gateway's container has no arguments that would say so. */
function isGatewayTemplate({ metadata }: RawPod): boolean {
  return metadata.annotations?.[templatesAnnotation]?.includes("gateway") ?? false;
}
