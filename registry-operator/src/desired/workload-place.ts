import type { Pod } from "./pod.js";
import type { Rollout } from "./rollout.js";
import { shareOf, workloadsOf } from "./rollout-reach.js";
import type { RolloutPart } from "./rollout-steps.js";

/** `NAMESPACE/KIND/NAME` of a workload that a step names. @param namespace of the FilterDeployment, meant where none is said */
export function workloadPlace(name: string, namespace: string): string {
  return name.split("/").length > 2 ? name : `${namespace}/${name}`;
}

/** The same of the workload that a pod belongs to; undefined: none that a step can name. */
export function workloadPlaceOf({ metadata, workload }: Pod): string | undefined {
  return workload === undefined ? undefined : `${metadata.namespace}/${workload}`;
}

/** The parts of a rollout with each workload's place instead of its name. */
export function placedParts(parts: readonly RolloutPart[], namespace: string): RolloutPart[] {
  return parts.map((part) =>
    "share" in part ? part : { workloads: part.workloads.map((name) => workloadPlace(name, namespace)) },
  );
}

/**
 * Which revision all pods of a workload shall run, for what can only be given to a workload as a whole. A share of the pods
 * says nothing of a workload until it is all of them.
 *
 * @param place `NAMESPACE/KIND/NAME`
 * @param revision in force: the one that is rolled out; the stable one when it was taken back
 * @param rollout undefined: all pods shall run the revision
 * @param namespace of the FilterDeployment
 */
export function revisionOfWorkload(
  place: string,
  revision: string | undefined,
  rollout: Rollout | undefined,
  namespace: string,
): string | undefined {
  if (!rollout || shareOf(rollout) >= 100) return revision;
  const isNamed = workloadsOf(rollout).some((name) => workloadPlace(name, namespace) === place);
  return isNamed ? revision : rollout.stable;
}
