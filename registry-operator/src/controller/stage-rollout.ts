import type { KnownContent } from "../desired/envoy-filter.js";
import type { FilterView } from "../desired/filter-view.js";
import { advanceRollout, currentRollout, type Rollout } from "../desired/rollout.js";
import { type RolloutStep, rolloutSteps } from "../desired/rollout-steps.js";
import { workloadPlace, workloadPlaceOf } from "../desired/workload-place.js";
import type { Observed } from "./observe-loaded.js";
import type { PodPlan } from "./pod-plan.js";
import type { Resolution } from "./resolve.js";

/** Where a FilterDeployment's rollout is. */
export interface Stage {
  /** Undefined: all pods shall run the same. */
  rollout: Rollout | undefined;
  steps: readonly RolloutStep[];
  /** Nothing moves: neither further nor back. */
  held: boolean;
  /** The resolution; of a revision that was taken back nothing is left but what it was resolved to. */
  inForce: Resolution;
}

/** Says by status and spec where the rollout is. @param now milliseconds since 1970 */
export function stageRollout(
  view: FilterView,
  resolution: Resolution,
  contents: readonly KnownContent[],
  now: number,
): Stage {
  const { rollout: known, lastGood } = view.status;
  const steps = rolloutSteps(view.spec);
  const held = view.paused || resolution.content === undefined;
  // Content that goes missing on the way is no reason to give everybody what was only being tried.
  const hasBegun = known?.revision === resolution.revision && known?.stable === lastGood;
  const canReturn = hasBegun || contents.some(({ value }) => value === lastGood);
  const rollout = currentRollout({
    ...{ known, steps, held, now },
    revision: resolution.revision,
    stable: canReturn ? lastGood : undefined,
    generation: view.generation,
  });
  const isBack = rollout?.phase === "RolledBack";
  const inForce = isBack ? { ...resolution, content: undefined, revision: rollout.stable } : resolution;
  return { rollout, steps, held, inForce };
}

/**
 * Moves the rollout by what was seen.
 *
 * @param failure why it must be taken back; undefined: nothing speaks against it
 * @returns also in how many milliseconds time alone moves it on
 */
export function moveRollout(
  { rollout, steps, held }: Stage,
  plans: readonly PodPlan[],
  observed: Observed,
  { failure, view, now }: { failure: string | undefined; view: FilterView; now: number },
): { rollout: Rollout | undefined; after: number | undefined } {
  if (!rollout || held) return { rollout, after: undefined };
  const canary = plans.filter((plan) => isCanary(plan, rollout));
  const settled = canary.length > 0 && canary.every((plan) => observed.get(plan)?.loaded === true);
  const isEmpty = rollout.workloads !== undefined && !canary.some((plan) => isNamed(plan, rollout, view));
  const { generation } = view;
  return advanceRollout(rollout, { steps, settled, isEmpty, failure, generation, now });
}

/** Whether the step that goes on names the pod's workload. */
function isNamed({ pod }: PodPlan, { workloads = [] }: Rollout, { namespace }: FilterView): boolean {
  const place = workloadPlaceOf(pod);
  return place !== undefined && workloads.some((name) => workloadPlace(name, namespace) === place);
}

/** Whether a pod is among those that try the revision out. One that can run nothing yet holds no step up. */
export function isCanary(plan: PodPlan, { revision }: Rollout): boolean {
  return isAble(plan) && plan.wanted === revision;
}

/**
 * Whether a revision has proven good: no step of its rollout is left, and all pods that can run it were seen to. A pod that
 * can run nothing, as one without a node, must not make an older revision the one to go back to.
 */
export function isProven(
  { rollout, inForce: { revision } }: Stage,
  plans: readonly PodPlan[],
  observed: Observed,
): boolean {
  if (rollout && rollout.phase !== "Promoted") return false;
  const able = plans.filter(isAble);
  return (
    able.length > 0 && able.every((plan) => plan.wanted === revision && observed.get(plan)?.loaded === true)
  );
}

function isAble({ able, winner }: PodPlan): boolean {
  return winner === undefined && able;
}
