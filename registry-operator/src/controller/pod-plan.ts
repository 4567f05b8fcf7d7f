import { noop, podLabel } from "../api/names.js";
import type { KnownContent } from "../desired/envoy-filter.js";
import type { FilterView } from "../desired/filter-view.js";
import type { Pod } from "../desired/pod.js";
import { labelFor } from "../desired/pod-label.js";
import { disabledBy } from "../desired/policy-rules.js";
import { type Candidate, winnerOn } from "../desired/precedence.js";
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
  contents: readonly KnownContent[];
  world: World;
}

/** For each pod what it shall get: precedence first, then the gate. */
export function planPods(
  pods: readonly Pod[],
  { view, me, revision, contents, world }: PodPlanInput,
): PodPlan[] {
  const byValue = new Map(contents.map((content) => [content.value, content]));
  const candidates = new Map<string, Candidate[]>();
  const { lastGood } = view.status;
  const off = disabledBy(view.namespace, world.policies.list());
  return pods.map((pod) => {
    const { namespace = "" } = pod.metadata;
    let rivals = candidates.get(namespace);
    if (!rivals) {
      rivals = world.candidatesOver(namespace);
      candidates.set(namespace, rivals);
    }
    const first = me && winnerOn(pod, me, rivals);
    const winner = off ?? (first === undefined || first === view.key ? undefined : first);
    const wanted = winner === undefined ? revision : noop;
    const label = labelFor({
      current: pod.metadata.labels?.[podLabel(view.id)],
      wanted,
      lastGood: lastGood === revision ? undefined : lastGood,
      served: (value) => byValue.has(value),
      readable: (value) => pod.mounted && world.nodeHas(pod.node, byValue.get(value)?.moduleDigest ?? ""),
      failOpen: view.failurePolicy === "FailOpen",
    });
    return { pod, wanted, label, winner };
  });
}
