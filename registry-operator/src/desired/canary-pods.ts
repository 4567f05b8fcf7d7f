import { createHash } from "node:crypto";
import type { RolloutPart } from "./rollout-steps.js";

/** What the choice of a pod depends on. */
export interface CanaryCandidate {
  /** Of the pod. */
  uid: string;
  /** Named as in the parts; undefined: it belongs to none. */
  workload: string | undefined;
  /** It could run the revision now, and so counts for a share. */
  able: boolean;
  /** Its label names the revision that is rolled out already. */
  carries: boolean;
}

/**
 * The pods that a rollout has come to. Each part adds to those before it. By workload: all pods of the workloads. By share:
 * so many that, with those before, it is this share of the able ones, rounded down, but at least one. Those that carry the
 * revision already come first, so that pods that come and go move no others; the rest in the order of a hash, which a
 * restart of the operator does not change. So the pods of a step contain those of the steps before.
 *
 * @param id of the filter: two filters choose different pods
 * @returns UIDs
 */
export function canaryPods(
  pods: readonly CanaryCandidate[],
  id: string,
  parts: readonly RolloutPart[],
): Set<string> {
  const chosen = new Set<string>();
  parts.forEach((part, index) => {
    if ("workloads" in part) {
      for (const { uid, workload } of pods) if (isNamed(part, workload)) chosen.add(uid);
      return;
    }
    const later = parts.slice(index + 1);
    for (const uid of ofShare(part.share, pods, chosen, id, later)) chosen.add(uid);
  });
  return chosen;
}

function ofShare(
  share: number,
  pods: readonly CanaryCandidate[],
  chosen: ReadonlySet<string>,
  id: string,
  later: readonly RolloutPart[],
): string[] {
  if (share >= 100) return pods.map(({ uid }) => uid);
  const able = pods.filter((pod) => pod.able);
  if (share <= 0 || able.length === 0) return [];
  const others = able.filter(({ uid }) => !chosen.has(uid));
  const count = Math.max(1, Math.floor((able.length * share) / 100)) - (able.length - others.length);
  if (count <= 0) return [];
  // One that carries it because a later step names its workload must not take the place of one that this step chose.
  const first = ({ carries, workload }: CanaryCandidate) =>
    carries && !later.some((part) => isNamed(part, workload));
  return others
    .map((pod) => ({ uid: pod.uid, order: `${first(pod) ? 0 : 1}${orderOf(id, pod.uid)}` }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .slice(0, count)
    .map(({ uid }) => uid);
}

function isNamed(part: RolloutPart, workload: string | undefined): boolean {
  return "workloads" in part && workload !== undefined && part.workloads.includes(workload);
}

function orderOf(id: string, uid: string): string {
  return createHash("sha256").update(`${id} ${uid}`).digest("hex");
}
