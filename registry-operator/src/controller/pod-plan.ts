import { noop, podLabel } from "../api/names.js";
import { canaryPods } from "../desired/canary-pods.js";
import type { KnownContent } from "../desired/envoy-filter.js";
import type { FilterView } from "../desired/filter-view.js";
import type { Pod } from "../desired/pod.js";
import { labelFor } from "../desired/pod-label.js";
import { disabledBy } from "../desired/policy-rules.js";
import { type Candidate, winnerOn } from "../desired/precedence.js";
import { type Rollout, shareOf } from "../desired/rollout.js";
import type { World } from "./world.js";

/** What one pod shall get of one FilterDeployment. */
export interface PodPlan {
  pod: Pod;
  /** The revision or `noop` that it shall run in the end; undefined: nothing was ever ready to run. */
  wanted: string | undefined;
  /** What its label shall say now; undefined: no label, the pod is held. */
  label: string | undefined;
  /** Who goes first there: a FilterDeployment, `none` by annotation, or a policy that disables; undefined: this one. */
  winner: string | undefined;
}

/** What all pods depend on. */
export interface PodPlanInput {
  view: FilterView;
  /** Undefined: it has nothing to run, and takes no part in precedence. */
  me: Candidate | undefined;
  revision: string | undefined;
  /** Undefined: all pods shall run the revision. */
  rollout: Rollout | undefined;
  contents: readonly KnownContent[];
  world: World;
}

/** For each pod what it shall get: precedence first, then its place in a rollout, then the gate. */
export function planPods(
  pods: readonly Pod[],
  { view, me, revision, rollout, contents, world }: PodPlanInput,
): PodPlan[] {
  const byValue = new Map(contents.map((content) => [content.value, content]));
  const candidates = new Map<string, Candidate[]>();
  const { lastGood } = view.status;
  const off = disabledBy(view.namespace, world.policies.list());
  const ranked = pods.map((pod) => {
    const { namespace = "" } = pod.metadata;
    let rivals = candidates.get(namespace);
    if (!rivals) {
      rivals = world.candidatesOver(namespace);
      candidates.set(namespace, rivals);
    }
    const first = me && winnerOn(pod, me, rivals);
    return { pod, winner: off ?? (first === undefined || first === view.key ? undefined : first) };
  });
  const own = ranked.filter(({ winner }) => winner === undefined).map(({ pod }) => pod);
  const canary = rollout && canaryOf(own, view.id, rollout);
  return ranked.map(({ pod, winner }) => {
    const mine = !canary || canary.has(uidOf(pod)) ? revision : rollout?.stable;
    const wanted = winner === undefined ? mine : noop;
    const label = labelFor({
      current: pod.metadata.labels?.[podLabel(view.id)],
      wanted,
      lastGood: lastGood === wanted ? undefined : lastGood,
      served: (value) => byValue.has(value),
      readable: (value) => pod.mounted && world.nodeHas(pod.node, byValue.get(value)?.moduleDigest ?? ""),
      failOpen: view.failurePolicy === "FailOpen",
    });
    return { pod, wanted, label, winner };
  });
}

/** A pod that is on no node, or lacks the mount, can run nothing yet, and would hold the step up. */
function canaryOf(pods: readonly Pod[], id: string, rollout: Rollout): Set<string> {
  const share = shareOf(rollout);
  const able = share >= 100 ? pods : pods.filter(({ node, mounted }) => node !== undefined && mounted);
  const label = podLabel(id);
  return canaryPods(
    able.map((pod) => ({ uid: uidOf(pod), carries: pod.metadata.labels?.[label] === rollout.revision })),
    id,
    share,
  );
}

function uidOf({ metadata }: Pod): string {
  return metadata.uid ?? metadata.name;
}
