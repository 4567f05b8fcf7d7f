import type { Cluster } from "./cluster.js";
import { type FilterDeployment, filterDeployments, podLabel, pods } from "./resources.js";
import { readyCondition } from "./wait.js";

/** One pod of a filter. */
export interface PodStatus {
  namespace: string;
  pod: string;
  /** `Deployment/reviews`; the pod itself when nothing owns it. */
  workload: string;
  /** Revision that the pod shall run, or `noop`; empty: it is held back until its module is there. */
  wanted: string;
  /** Revision that its Envoy was seen to run; empty: not known. */
  loaded: string;
  /** Why it does not run what it shall; empty: it does. */
  reason: string;
}

/** One FilterDeployment, as `meshwasm status --json` prints it. */
export interface FilterStatusReport {
  namespace: string;
  name: string;
  image: string;
  /** `True`, `False`, or `Unknown` while the operator has not looked at the newest change. */
  ready: string;
  reason: string;
  message: string;
  /** Digest of the manifest; empty: not resolved yet. */
  digest: string;
  revision: string;
  /** The rollout that is under way, or was taken back; null: none. */
  rollout: NonNullable<FilterDeployment["status"]>["rollout"] | null;
  /** How the module gets into the sidecars, and why so; null: not decided yet. */
  delivery: { mode: string; reason: string } | null;
  matched: number;
  loaded: number;
  conditions: { type: string; status: string; reason: string; message: string }[];
  pods: PodStatus[];
}

interface Pod {
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; controller?: boolean }[];
  };
}

/**
 * What FilterDeployments are there, and what each of their pods runs.
 *
 * @param namespace absent: all namespaces
 * @param name absent: all of them
 * @throws MeshwasmError CLUSTER_UNREACHABLE, CLUSTER_REFUSED
 */
export async function readStatus(
  cluster: Cluster,
  namespace?: string,
  name?: string,
): Promise<FilterStatusReport[]> {
  const found =
    name === undefined
      ? await cluster.list<FilterDeployment>(filterDeployments(namespace))
      : [await cluster.send<FilterDeployment>({ method: "GET", path: filterDeployments(namespace, name) })];
  const reports: FilterStatusReport[] = [];
  for (const each of found) {
    const label = podLabel(each.metadata.namespace, each.metadata.name);
    // One in the root namespace reaches pods of all; the label is its alone.
    const labelled = await cluster.list<Pod>(pods(), { labelSelector: label });
    reports.push(reportOf(each, labelled, label));
  }
  return reports;
}

/** The report from what the cluster says; pure. */
export function reportOf(
  filter: FilterDeployment,
  labelled: readonly Pod[],
  label: string,
): FilterStatusReport {
  const { metadata, spec, status = {} } = filter;
  const ready = readyCondition(filter);
  const { matched = 0, ready: loaded = 0 } = status.workloads ?? {};
  const { mode, reason = "" } = status.delivery ?? {};
  const waiting = status.waiting ?? [];
  // The operator lists the first few that wait: only when that is all of them, the others are known to run theirs.
  const isComplete = ready !== undefined && matched - loaded <= waiting.length;
  const isAbout = (pod: string, { metadata: own }: Pod) =>
    pod === `${own.namespace}/${own.name}` || (pod === own.name && own.namespace === metadata.namespace);
  const known = labelled.map((pod): PodStatus => {
    const wanted = pod.metadata.labels?.[label] ?? "";
    const held = waiting.find((each) => isAbout(each.pod, pod));
    const runs = isComplete ? wanted : "";
    return {
      ...{ namespace: pod.metadata.namespace, pod: pod.metadata.name, workload: workloadOf(pod), wanted },
      loaded: held ? (held.loaded ?? "") : runs,
      reason: held ? held.reason : "",
    };
  });
  const others = waiting
    .filter(({ pod }) => !labelled.some((each) => isAbout(pod, each)))
    .map(({ pod, reason, wanted = "", loaded: runs = "" }): PodStatus => {
      const slash = pod.indexOf("/");
      const namespace = slash < 0 ? metadata.namespace : pod.slice(0, slash);
      const name = pod.slice(slash + 1);
      return { namespace, pod: name, workload: `Pod/${name}`, wanted, loaded: runs, reason };
    });
  return {
    ...{ namespace: metadata.namespace, name: metadata.name, image: spec.filter.image },
    ready: ready?.status ?? "Unknown",
    reason: metadata.deletionTimestamp ? "Deleting" : (ready?.reason ?? "NotObserved"),
    message: ready?.message ?? "the operator has not looked at the newest change yet",
    ...{ digest: status.resolvedDigest ?? "", revision: status.revision ?? "", matched, loaded },
    rollout: status.rollout ?? null,
    delivery: mode === undefined ? null : { mode, reason },
    conditions: (status.conditions ?? []).map(({ type, status: is, reason, message }) => ({
      type,
      status: is,
      reason,
      message,
    })),
    pods: [...known, ...others].sort((a, b) =>
      `${a.namespace}/${a.pod}`.localeCompare(`${b.namespace}/${b.pod}`),
    ),
  };
}

function workloadOf({ metadata }: Pod): string {
  const owner =
    metadata.ownerReferences?.find(({ controller }) => controller) ?? metadata.ownerReferences?.[0];
  if (!owner) return `Pod/${metadata.name}`;
  const hash = metadata.labels?.["pod-template-hash"];
  if (owner.kind === "ReplicaSet" && hash && owner.name.endsWith(`-${hash}`)) {
    return `Deployment/${owner.name.slice(0, -hash.length - 1)}`;
  }
  return `${owner.kind}/${owner.name}`;
}
