import { noop, podLabel } from "../api/names.js";
import { canaryPods } from "../desired/canary-pods.js";
import type { KnownContent } from "../desired/envoy-filter.js";
import type { FilterView } from "../desired/filter-view.js";
import { imageMount, storeMount } from "../desired/mount.js";
import { hasMount, type Pod } from "../desired/pod.js";
import { labelFor } from "../desired/pod-label.js";
import { type Candidate, winnerOn } from "../desired/precedence.js";
import type { Rollout } from "../desired/rollout.js";
import { partsOf } from "../desired/rollout-reach.js";
import { placedParts, workloadPlaceOf } from "../desired/workload-place.js";
import type { FirstContent } from "./first-content.js";
import type { World } from "./world.js";

/** What one pod shall get of one FilterDeployment. */
export interface PodPlan {
  pod: Pod;
  /** The revision or `noop` that it shall run in the end; undefined: nothing was ever ready to run. */
  wanted: string | undefined;
  /** What its label shall say now; undefined: no label, the pod is held. */
  label: string | undefined;
  /** Its Envoy sees the node's store, or with image volumes the image that it shall have. */
  mounted: boolean;
  /** It can run the revision in the end: one that lacks the store may never, one that lacks the image is replaced. */
  able: boolean;
  /** It could run the revision, and does not have to try it out. */
  waits: boolean;
  /** Who goes first there: a FilterDeployment, `none` by annotation, or a policy that disables; undefined: this one. */
  winner: string | undefined;
}

/** What all pods depend on. */
export interface PodPlanInput {
  view: FilterView;
  /** Undefined: it has nothing to run, and takes no part in precedence. */
  me: Candidate | undefined;
  /** The policy that has it do nothing; undefined: none does. */
  off: string | undefined;
  revision: string | undefined;
  /** Undefined: all pods shall run the revision. */
  rollout: Rollout | undefined;
  contents: readonly KnownContent[];
  world: World;
  /** What is known of the Envoys. */
  first: Pick<FirstContent, "took" | "refused" | "passed" | "onTrial">;
}

/** For each pod what it shall get: precedence first, then its place in a rollout, then the gate. */
export function planPods(
  pods: readonly Pod[],
  { view, me, off, revision, rollout, contents, world, first }: PodPlanInput,
): PodPlan[] {
  const byValue = new Map(contents.map((content) => [content.value, content]));
  const sees = (pod: Pod, content: KnownContent | undefined) =>
    hasMount(pod, content?.image === undefined ? storeMount : imageMount(view.id, content.image));
  const candidates = new Map<string, Candidate[]>();
  const { lastGood } = view.status;
  const ranked = pods.map((pod) => {
    const { namespace = "" } = pod.metadata;
    let rivals = candidates.get(namespace);
    if (!rivals) {
      rivals = world.candidatesOver(namespace);
      candidates.set(namespace, rivals);
    }
    const nearest = me && winnerOn(pod, me, rivals);
    return { pod, winner: off ?? (nearest === undefined || nearest === view.key ? undefined : nearest) };
  });
  const own = ranked.filter(({ winner }) => winner === undefined).map(({ pod }) => pod);
  const canary = rollout && canaryOf(own, view, rollout);
  // A kubelet starts no container before its image volumes are there.
  const readable = (pod: Pod, value: string) => {
    const content = byValue.get(value);
    return sees(pod, content) && (isImage(content) || world.nodeHas(pod.node, content?.moduleDigest ?? ""));
  };
  const trial = first.onTrial
    ? trialPod(
        own.filter((pod) => readable(pod, revision ?? "")),
        view.id,
      )
    : undefined;
  const unfiltered = servingUnfiltered(pods, view.id, first.refused);
  // Beside no others that serve unfiltered, a new pod must not serve so either: it begins with the filter, come what may.
  const isFirst = (pod: Pod) =>
    lastGood === undefined && pod.proxyState !== "ready" && !unfiltered.has(workloadPlaceOf(pod));
  return ranked.map(({ pod, winner }) => {
    const mine = !canary || canary.has(uidOf(pod)) ? revision : rollout?.stable;
    const wanted = winner === undefined ? mine : noop;
    const label = labelFor({
      current: pod.metadata.labels?.[podLabel(view.id)],
      wanted,
      lastGood: lastGood === wanted ? undefined : lastGood,
      served: (value) => byValue.has(value),
      readable: (value) => readable(pod, value),
      failOpen: view.failurePolicy === "FailOpen",
      proven: lastGood === wanted || (first.passed && wanted === revision),
      took: first.took(pod) || isFirst(pod),
      // One that has yet to start must be told before its Envoy connects: told later, it would be held.
      waits: first.onTrial && pod !== trial && pod.proxyState === "ready",
    });
    const content = byValue.get(mine ?? "");
    const mounted = sees(pod, content);
    const able = pod.node !== undefined && (mounted || isImage(content));
    const waits = wanted !== undefined && label !== wanted && readable(pod, wanted);
    return { pod, wanted, label, mounted, able, waits, winner };
  });
}

/** The workloads of which pods serve, and none of them with the filter; one that does not say what it runs has it. */
function servingUnfiltered(
  pods: readonly Pod[],
  id: string,
  refused: (pod: Pod) => boolean,
): Set<string | undefined> {
  const label = podLabel(id);
  const serving = pods.filter(({ proxyState, workload }) => proxyState === "ready" && workload !== undefined);
  const isFiltered = (pod: Pod) => ![undefined, noop].includes(pod.metadata.labels?.[label]) && !refused(pod);
  const filtered = new Set(serving.filter(isFiltered).map(workloadPlaceOf));
  return new Set(serving.map(workloadPlaceOf).filter((place) => !filtered.has(place)));
}

/** The one that tries a revision out: the same at each look, also when the others get their labels. */
function trialPod(pods: readonly Pod[], id: string): Pod | undefined {
  const label = podLabel(id);
  const rank = (pod: Pod) => {
    const serves = pod.proxyState === "ready";
    return `${serves ? 0 : 1}${pod.metadata.labels?.[label] === undefined ? 1 : 0}${uidOf(pod)}`;
  };
  let best: Pod | undefined;
  for (const pod of pods) if (best === undefined || rank(pod) < rank(best)) best = pod;
  return best;
}

function isImage(content: KnownContent | undefined): boolean {
  return content?.image !== undefined;
}

/** A pod that is on no node, or lacks the mount, can run nothing yet, and counts for no share. */
function canaryOf(pods: readonly Pod[], { id, namespace }: FilterView, rollout: Rollout): Set<string> {
  const label = podLabel(id);
  return canaryPods(
    pods.map((pod) => ({
      uid: uidOf(pod),
      workload: workloadPlaceOf(pod),
      able: pod.node !== undefined && pod.mounted,
      carries: pod.metadata.labels?.[label] === rollout.revision,
    })),
    id,
    placedParts(partsOf(rollout), namespace),
  );
}

function uidOf({ metadata }: Pod): string {
  return metadata.uid ?? metadata.name;
}
