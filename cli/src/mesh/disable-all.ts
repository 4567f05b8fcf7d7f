import { setTimeout as sleep } from "node:timers/promises";
import { MeshwasmError } from "../errors.js";
import { type Cluster, ClusterRefusal } from "./cluster.js";
import {
  apiVersion,
  type FilterDeployment,
  fieldManager,
  filterDeployments,
  filterPolicies,
  podLabel,
  pods,
} from "./resources.js";

/** The FilterPolicy that has every filter of the mesh do nothing. */
export const disableAllPolicy = "meshwasm-disable-all";

/** Pods that an error names, at most. */
const maxNamed = 3;

/**
 * Has every filter of the mesh do nothing: by a FilterPolicy, which the operator turns into labels on pods. Nothing is taken
 * away, so that it is as quickly taken back. Doing it again changes nothing.
 *
 * @param dryRun the API server checks it and keeps nothing
 * @throws MeshwasmError CLUSTER_UNREACHABLE, CLUSTER_REFUSED
 */
export async function disableAll(cluster: Cluster, dryRun: boolean): Promise<void> {
  await cluster.send({
    method: "PATCH",
    path: filterPolicies(disableAllPolicy),
    query: { fieldManager, force: "true", ...(dryRun && { dryRun: "All" }) },
    body: {
      ...{ apiVersion, kind: "FilterPolicy", metadata: { name: disableAllPolicy } },
      spec: { disabled: true },
    },
    contentType: "application/apply-patch+yaml",
  });
}

/**
 * Takes {@link disableAll} back: each filter does again what it did.
 *
 * @throws MeshwasmError NOT_ENABLED when it was not in force; those of the cluster
 */
export async function undoDisableAll(cluster: Cluster, dryRun: boolean): Promise<void> {
  try {
    const query = dryRun ? { dryRun: "All" } : {};
    await cluster.send({ method: "DELETE", path: filterPolicies(disableAllPolicy), query });
  } catch (cause) {
    if (!(cause instanceof ClusterRefusal) || !cause.isObjectMissing) throw cause;
    throw new MeshwasmError("NOT_ENABLED", `there is no FilterPolicy ${disableAllPolicy}`, {
      cause,
      hint: "a policy of another name may disable filters: kubectl get filterpolicies",
    });
  }
}

/**
 * Waits until no pod is told to run any filter.
 *
 * @returns how many FilterDeployments there are
 * @throws MeshwasmError NOT_READY that names pods; those of the cluster
 */
export async function waitUntilDisabled(cluster: Cluster, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const filters = await cluster.list<FilterDeployment>(filterDeployments());
    const running = await podsThatRun(cluster, filters);
    if (running.length === 0) return filters.length;
    if (performance.now() >= end) {
      const more = running.length > maxNamed ? ` and ${running.length - maxNamed} more` : "";
      const named = running.slice(0, maxNamed).join(", ");
      throw new MeshwasmError(
        "NOT_READY",
        `after ${seconds} s pods are still told to run filters: ${named}${more}`,
        {
          details: running,
          hint: "the operator tells them: check that it runs, and that it is not older than this command",
        },
      );
    }
    await sleep(200);
  }
}

async function podsThatRun(cluster: Cluster, filters: readonly FilterDeployment[]): Promise<string[]> {
  const running = new Set<string>();
  for (const { metadata } of filters) {
    const label = podLabel(metadata.namespace, metadata.name);
    const found = await cluster.list<{
      metadata: { namespace: string; name: string; deletionTimestamp?: string };
    }>(pods(), { labelSelector: `${label},${label}!=noop` });
    for (const { metadata: pod } of found) {
      if (pod.deletionTimestamp === undefined) running.add(`${pod.namespace}/${pod.name}`);
    }
  }
  return [...running].sort();
}
