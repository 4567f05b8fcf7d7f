import { createHash } from "node:crypto";

/** What the choice of a pod depends on. */
export interface CanaryCandidate {
  /** Of the pod. */
  uid: string;
  /** Its label names the revision that is rolled out already. */
  carries: boolean;
}

/**
 * The pods that a share means: rounded down, but at least one while there is a share and a pod. Those that carry the
 * revision already stay, so that pods that come and go move no others; the rest in the order of a hash, which a restart of
 * the operator does not change. So the pods of a larger share contain those of a smaller one.
 *
 * @param id of the filter: two filters choose different pods
 * @param share percent
 * @returns UIDs
 */
export function canaryPods(pods: readonly CanaryCandidate[], id: string, share: number): Set<string> {
  if (share >= 100) return new Set(pods.map(({ uid }) => uid));
  if (share <= 0 || pods.length === 0) return new Set();
  const count = Math.max(1, Math.floor((pods.length * share) / 100));
  return new Set(
    pods
      .map(({ uid, carries }) => ({ uid, order: `${carries ? 0 : 1}${orderOf(id, uid)}` }))
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .slice(0, count)
      .map(({ uid }) => uid),
  );
}

function orderOf(id: string, uid: string): string {
  return createHash("sha256").update(`${id} ${uid}`).digest("hex");
}
