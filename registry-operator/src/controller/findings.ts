import { noop } from "../api/names.js";
import type { Finding } from "../desired/conditions.js";
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

/** Whether the nodes of the pods have the module. */
export function distributedFinding(nodes: ReadonlySet<string>, missing: readonly string[]): Finding {
  const count = `${nodes.size - missing.length} of ${nodes.size} nodes have the module`;
  if (missing.length === 0) return { status: "True", reason: "Distributed", message: count };
  return { status: "False", reason: "NodesMissing", message: `${count}; not yet: ${some(missing)}` };
}

/** Whether the mesh was told. */
export function programmedFinding(slot: boolean, plans: readonly PodPlan[]): Finding {
  if (!slot) return { status: "False", reason: "SlotPending", message: "the filter is not in the chain yet" };
  const held = plans.filter(({ label, wanted }) => label === undefined || label !== wanted);
  const count = `${plans.length - held.length} of ${plans.length} pods were told what to run`;
  if (held.length === 0) return { status: "True", reason: "Programmed", message: count };
  return { status: "False", reason: "PodsWaiting", message: `${count}; not yet: ${some(held.map(nameOf))}` };
}

/** Whether the Envoys run what they were told. */
export function loadedFinding(plans: readonly PodPlan[], observed: Observed): Finding {
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
  if (open.length === 0) return { status: "True", reason: "Loaded", message: count };
  const silent = open.every((plan) => observed.has(plan) && observed.get(plan)?.loaded === undefined);
  return {
    status: silent ? "Unknown" : "False",
    reason: silent ? "EnvoyUnreachable" : "NotLoaded",
    message: `${count}; not yet: ${some(open.map((plan) => `${nameOf(plan)} (${waitingFor(plan, observed).message})`))}`,
  };
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
  if (state?.loaded === false) {
    const runs = state.runs === noop ? "nothing of this filter" : state.runs;
    return { reason: "NotLoaded", message: `its Envoy runs ${runs} instead of ${wanted}` };
  }
  if (state) return { reason: "EnvoyUnreachable", message: `its Envoy does not say: ${state.problem}` };
  if (wanted === undefined) return { reason: "NothingToRun", message: "there is no revision to run" };
  if (pod.node === undefined) return { reason: "NotScheduled", message: "it is on no node yet" };
  if (!pod.mounted) return { reason: "NoMount", message: "it lacks the mount of the node's store" };
  const now = label === undefined ? "is held unready" : `runs ${label}`;
  return { reason: "ModuleMissing", message: `node ${pod.node} lacks the module; it ${now} until then` };
}

function nameOf({ pod: { metadata } }: PodPlan): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
