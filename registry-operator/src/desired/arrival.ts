import { mountLabel } from "../api/names.js";
import type { FilterView } from "./filter-view.js";
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
 * Whether a pod has to get the mount of the node's store on its own: a filter that has something to run selects it, and the
 * mount does not come with its template. That is so for gateways, whose injection knows no volumes of users; for pods of
 * workloads whose template must not be touched (`restart: Never`); and for pods that belong to none that the operator
 * annotates. Nowhere where Pod Security would refuse a pod with the mount, or where somebody says no.
 *
 * @param filters those that can have a say in the pod's namespace
 */
export function mountsOnArrival(
  { namespace, object, namespaceLabels }: ArrivingPod,
  filters: readonly FilterView[],
): boolean {
  if (namespaceLabels === undefined || forbidsHostPath(namespaceLabels)) return false;
  if ([namespaceLabels, object.metadata.labels].some((labels) => labels?.[mountLabel] === "false"))
    return false;
  const { proxy, workload } = podFacts(object);
  if (proxy === "waypoint") return false;
  const gateway = proxy === "gateway" || isGatewayTemplate(object);
  return filters.some(
    (view) =>
      !view.deleting &&
      view.status.revision !== undefined &&
      (view.direction === "Gateway") === gateway &&
      selects(view, namespace, object.metadata.labels) &&
      (gateway || workload === undefined || !view.mayRestart),
  );
}

/** Before its injection a gateway's container has no arguments that would say so. */
function isGatewayTemplate({ metadata }: RawPod): boolean {
  return metadata.annotations?.[templatesAnnotation]?.includes("gateway") ?? false;
}
