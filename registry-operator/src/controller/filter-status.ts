import type { FilterDeployment } from "../api/filter-deployment.js";
import { type Condition, conditionsFrom, type Findings } from "../desired/conditions.js";
import type { KnownContent } from "../desired/envoy-filter.js";
import type { FilterView } from "../desired/filter-view.js";
import { type Rollout, rolloutFinding } from "../desired/rollout.js";
import { previousImage } from "../desired/workload-mounts.js";
import { waitingPods } from "./findings.js";
import type { Observed } from "./observe-loaded.js";
import type { PodPlan } from "./pod-plan.js";
import { isProven, type Stage } from "./stage-rollout.js";
import type { World } from "./world.js";

type Status = NonNullable<FilterDeployment["status"]>;

/** What a reconcile knows in the end. */
export interface StatusInput {
  filter: FilterDeployment;
  view: FilterView;
  delivery: NonNullable<Status["delivery"]>;
  /** As the reconcile went by it. */
  stage: Stage;
  /** What becomes of its rollout by what was seen. */
  next: Rollout | undefined;
  findings: Findings;
  plans: readonly PodPlan[];
  observed: Observed;
  contents: readonly KnownContent[];
  world: Pick<World, "nodeHas">;
}

/** What the status is to say. */
export function filterStatus(input: StatusInput): Status {
  const { filter, view, delivery, stage, next, findings, plans, observed, contents } = input;
  const { rollout, inForce } = stage;
  const { resolved } = inForce;
  const revision = next?.phase === "RolledBack" ? next.stable : inForce.revision;
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const { generation } = view;
  const previous = (filter.status?.conditions ?? []) as Condition[];
  // What was found is of the pods as they were planned: that all of them shall run it now is not found yet.
  const said = next?.phase === "Promoted" ? rollout : next;
  const conditions = conditionsFrom(findings, previous, generation, now, said && rolloutFinding(said));
  const ready = conditions.at(-1)!;
  if (view.paused) {
    ready.message = `paused: nothing is changed. ${ready.message}`.trim();
    ready.reason = "Paused";
  }
  const isGood = ready.status === "True" || isProven(stage, plans, observed);
  const good = isGood ? revision : view.status.lastGood;
  const content = contents.find(({ value }) => value === revision);
  const waiting = waitingPods(plans, observed);
  return {
    observedGeneration: generation,
    ...(resolved
      ? {
          resolvedDigest: resolved.manifestDigest,
          moduleDigest: content?.moduleDigest ?? resolved.moduleDigest,
          resolved,
        }
      : {}),
    ...(revision ? { revision } : {}),
    ...(good ? { lastGood: good } : {}),
    ...(next && good !== next.revision ? { rollout: next } : {}),
    ...(revision ? { attempt: content?.attempt ?? 1 } : {}),
    delivery: withPrevious(delivery, previousImage(revision, good, contents)),
    workloads: workloadCounts(input, content?.moduleDigest),
    ...(waiting.length > 0 ? { waiting } : {}),
    conditions,
  };
}

function withPrevious(
  { previous: _, ...delivery }: NonNullable<Status["delivery"]>,
  previous: string | undefined,
): NonNullable<Status["delivery"]> {
  return previous === undefined ? delivery : { ...delivery, previous };
}

/** How many pods are how far. @param digest of the revision; undefined: it has no content yet */
function workloadCounts(
  { delivery, plans, observed, world }: StatusInput,
  digest: string | undefined,
): NonNullable<Status["workloads"]> {
  const isDistributed = ({ pod, mounted }: PodPlan) =>
    delivery.mode === "ImageVolume"
      ? mounted && pod.proxyState !== "down"
      : digest !== undefined && world.nodeHas(pod.node, digest);
  return {
    matched: plans.length,
    distributed: plans.filter(isDistributed).length,
    mounted: plans.filter(({ mounted }) => mounted).length,
    programmed: plans.filter(({ label, wanted }) => label !== undefined && label === wanted).length,
    ready: [...observed.values()].filter(({ loaded }) => loaded === true).length,
  };
}
