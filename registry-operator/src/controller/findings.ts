import { noop } from "../api/names.js";
import type { Finding } from "../desired/conditions.js";
import type { FailurePolicy } from "../desired/revision.js";
import type { Observed } from "./observe-loaded.js";
import type { PodPlan } from "./pod-plan.js";

/** Pods that the status names, at most. */
const maxNamed = 10;

/** A pod that is not ready, for the status. */
export interface Waiting {
  pod: string;
  reason: string;
  message: string;
  wanted: string;
  loaded: string;
}

/** Whether the nodes of the pods have the module. @param why what an agent says of a node that lacks it */
export function distributedFinding(
  nodes: ReadonlySet<string>,
  missing: readonly string[],
  why: (node: string) => string | undefined,
): Finding {
  const count = `${nodes.size - missing.length} of ${nodes.size} nodes have the module`;
  if (missing.length === 0) return { status: "True", reason: "Distributed", message: count };
  // Those of which something is known first: it says what to do.
  const [stuck, late] = [missing.filter((node) => why(node)), missing.filter((node) => !why(node))];
  const named = [...stuck.map((node) => `${node} (${why(node)})`), ...late];
  return { status: "False", reason: "NodesMissing", message: `${count}; not yet: ${some(named)}` };
}

/** With image volumes there is nothing to wait for: no container of a pod starts without. */
export const pulledByNodes: Finding = {
  status: "True",
  reason: "Distributed",
  message: "each node pulls the image with the pod",
};

/** Whether the mesh was told. */
export function programmedFinding(slot: boolean, plans: readonly PodPlan[]): Finding {
  if (!slot) return { status: "False", reason: "SlotPending", message: "the filter is not in the chain yet" };
  const held = plans.filter(({ label, wanted }) => label === undefined || label !== wanted);
  const count = `${plans.length - held.length} of ${plans.length} pods were told what to run`;
  if (held.length === 0) return { status: "True", reason: "Programmed", message: count };
  return { status: "False", reason: "PodsWaiting", message: `${count}; not yet: ${some(held.map(nameOf))}` };
}

/** Whether the Envoys run what they were told. @param failurePolicy decides whether an Envoy counts crashes */
export function loadedFinding(
  plans: readonly PodPlan[],
  observed: Observed,
  failurePolicy: FailurePolicy,
): Finding {
  if (plans.length === 0) {
    return { status: "False", reason: "NoPods", message: "no running pod with a sidecar is selected" };
  }
  const lost = plans.filter(({ winner }) => winner !== undefined);
  const winners = some([
    ...new Set(lost.map(({ winner }) => (winner === "none" ? "an annotation" : winner!))),
  ]);
  if (lost.length === plans.length) {
    return {
      status: "False",
      reason: "Superseded",
      message: `on all ${lost.length} pods ${winners} goes first`,
    };
  }
  const also = lost.length > 0 ? `; on ${lost.length} of them ${winners} goes first` : "";
  const open = plans.filter((plan) => observed.get(plan)?.loaded !== true);
  const count = `${plans.length - open.length} of ${plans.length} pods run what they shall${also}`;
  if (open.length === 0)
    return { status: "True", reason: "Loaded", message: count + crashes(plans, observed, failurePolicy) };
  const silent = open.every((plan) => observed.has(plan) && observed.get(plan)?.loaded === undefined);
  return {
    status: silent ? "Unknown" : "False",
    reason: silent ? "EnvoyUnreachable" : "NotLoaded",
    message: `${count}; not yet: ${some(open.map((plan) => `${nameOf(plan)} (${waitingFor(plan, observed).message})`))}`,
  };
}

/** What is loaded may crash all the same. With other policies than FailReload no stat of Envoy's tells. */
function crashes(plans: readonly PodPlan[], observed: Observed, failurePolicy: FailurePolicy): string {
  if (failurePolicy !== "FailReload")
    return `; with ${failurePolicy} Envoy does not say whether its VM crashed`;
  const crashed = plans
    .map((plan) => ({ plan, reloads: observed.get(plan)?.reloads ?? 0 }))
    .filter(({ reloads }) => reloads > 0)
    .sort((a, b) => b.reloads - a.reloads);
  if (crashed.length === 0) return "";
  const named = crashed.map(({ plan, reloads }) => `${reloads} times on ${nameOf(plan)}`);
  return `; the filter's VM crashed and was made anew ${some(named)}`;
}

/** The pods that are not ready, and why. */
export function waitingPods(plans: readonly PodPlan[], observed: Observed): Waiting[] {
  return plans
    .filter((plan) => observed.get(plan)?.loaded !== true)
    .slice(0, maxNamed)
    .map((plan) => {
      const { reason, message } = waitingFor(plan, observed);
      const loaded = observed.get(plan)?.runs ?? "";
      return { pod: nameOf(plan), reason, message, wanted: plan.wanted ?? "", loaded };
    });
}

function waitingFor(plan: PodPlan, observed: Observed): { reason: string; message: string } {
  const { pod, wanted, label } = plan;
  const state = observed.get(plan);
  if (pod.pullFails) {
    return { reason: "ImagePullFailed", message: `its node ${pod.node ?? ""} cannot pull an image` };
  }
  if (state?.loaded === false) {
    const others = state.runs === noop ? "nothing of this filter" : state.runs;
    const runs = state.runs === wanted ? `an earlier attempt of ${wanted}` : `${others} instead of ${wanted}`;
    return { reason: "NotLoaded", message: `its Envoy runs ${runs}` };
  }
  if (state) return { reason: "EnvoyUnreachable", message: `its Envoy does not say: ${state.problem}` };
  if (wanted === undefined) return { reason: "NothingToRun", message: "there is no revision to run" };
  if (pod.node === undefined) return { reason: "NotScheduled", message: "it is on no node yet" };
  if (!plan.mounted) {
    const what = plan.able
      ? "it has not the image, and is to be replaced"
      : "it lacks the mount of the node's store";
    return { reason: "NoMount", message: what };
  }
  const now = label === undefined ? "is held unready" : `runs ${label}`;
  if (plan.waits) {
    return { reason: "OnTrial", message: `it ${now} until an Envoy has shown that it takes ${wanted}` };
  }
  return { reason: "ModuleMissing", message: `node ${pod.node} lacks the module; it ${now} until then` };
}

function nameOf({ pod: { metadata } }: PodPlan): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
