import { mountsOnArrival } from "../desired/arrival.js";
import { viewOf } from "../desired/filter-view.js";
import { mountPatch, type PatchOperation } from "../desired/mount-patch.js";
import type { RawPod } from "../desired/pod.js";
import type { KnownCluster } from "./known-cluster.js";
import type { AdmissionRequest } from "./review.js";

/** What a pod that is being made gets. Nobody is asked anything for it. */
export function mountPod(
  { kind, namespace, object, oldObject }: AdmissionRequest,
  known: KnownCluster,
  rootNamespace: string,
): PatchOperation[] {
  if (kind !== "Pod" || oldObject) return [];
  const pod = object as RawPod;
  const namespaceLabels = known.labelsOfNamespace(namespace);
  const filters = known.filtersOver(namespace).map((each) => viewOf(each, rootNamespace));
  const mounts = mountsOnArrival({ namespace, object: pod, namespaceLabels }, filters);
  return mountPatch(pod, namespaceLabels, mounts);
}
