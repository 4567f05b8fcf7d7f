import { useAnnotation } from "../api/names.js";
import type { Pod } from "./pod.js";
import { type Selection, selectsPod } from "./selection.js";

/** A FilterDeployment that has something to run. */
export interface Candidate extends Selection {
  /** `NAMESPACE/NAME` */
  key: string;
  rootId: string;
  /** RFC 3339. */
  createdAt: string;
}

/** Who has the say on a pod: the key of a FilterDeployment, or `none` by annotation. */
export type Winner = string;

/**
 * Which of the FilterDeployments of one plugin (the same root id and direction) runs on a pod: the one that the pod's
 * annotation names, else the one with a workload selector before the one for the namespace before the one for the mesh,
 * then the oldest, then the first by name. An annotation that names none of those that select the pod has no effect.
 *
 * @param candidates those that select the pod or not, of any plugin; `me` among them or not
 * @returns the winner for `me`'s plugin on this pod
 */
export function winnerOn(pod: Pod, me: Candidate, candidates: readonly Candidate[]): Winner {
  const rivals = candidates.filter(
    (each) =>
      each.key !== me.key &&
      each.rootId === me.rootId &&
      each.direction === me.direction &&
      selectsPod(each, pod),
  );
  const all = [me, ...rivals];
  const use = pod.metadata.annotations?.[useAnnotation(me.rootId)]?.trim();
  if (use === "none") return "none";
  if (use !== undefined && all.some(({ key }) => key === use)) return use;
  return all.reduce((best, each) => (comesBefore(each, best) ? each : best)).key;
}

function comesBefore(a: Candidate, b: Candidate): boolean {
  if (scope(a) !== scope(b)) return scope(a) < scope(b);
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt;
  return a.key < b.key;
}

/** 0 workload, 1 namespace, 2 mesh. In the root namespace a selector names workloads too. */
function scope({ matchLabels, meshWide }: Candidate): number {
  if (matchLabels) return 0;
  return meshWide ? 2 : 1;
}
