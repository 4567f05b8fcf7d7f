import type { FilterDeployment } from "../api/filter-deployment.js";
import type { FilterPolicy } from "../api/filter-policy.js";
import type { Workload } from "../desired/workload.js";

/** What verdicts look at beside the write itself. */
export interface Known {
  /** False: it is not listed yet, so nothing can be said. */
  readonly complete: boolean;
  policies(): FilterPolicy[];
  /** Of all namespaces. */
  filters(): FilterDeployment[];
  /** By `NAMESPACE/KIND/NAME`; undefined: there is no such Deployment, StatefulSet or DaemonSet. */
  workloadAt(place: string): Workload | undefined;
}

/** The copy of the cluster that admission goes by, so that an answer waits for nobody: the controller's. */
export interface KnownCluster extends Known {
  /** Those that can have a say on a pod of this namespace. */
  filtersOver(namespace: string): FilterDeployment[];
  /** Undefined: there is no such namespace. */
  labelsOfNamespace(name: string): Record<string, string> | undefined;
}
