import { type ConditionType, conditionTypes } from "../api/names.js";

/** What a reconcile found about one condition. */
export interface Finding {
  status: "True" | "False" | "Unknown";
  /** CamelCase. */
  reason: string;
  message: string;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/condition/ */
export interface Condition extends Finding {
  type: string;
  /** RFC 3339, when `status` changed last. */
  lastTransitionTime: string;
  observedGeneration?: number;
}

/** What was found; a condition that is absent could not be looked at. */
export type Findings = Partial<Record<Exclude<ConditionType, "Ready">, Finding>>;

/**
 * The conditions of a FilterDeployment. Ready is true when all others are; else it says what the first that is not says. A
 * condition that comes after one that fails, and that nothing is known of, is Unknown.
 *
 * @param rollout what Ready says instead when all others are true; one that was taken back goes before all but Resolved and
 *   Verified
 */
export function conditionsFrom(
  findings: Findings,
  previous: readonly Condition[],
  generation: number,
  now: string,
  rollout?: Finding,
): Condition[] {
  const unknown: Finding = { status: "Unknown", reason: "NotYet", message: "an earlier step is not done" };
  const steps = conditionTypes.filter((type) => type !== "Ready");
  const found = steps.map((type) => ({ type, ...(findings[type] ?? unknown) }));
  const failed = found.find(({ status }) => status !== "True");
  // What is asked for now may be something else than what was taken back: that must be known first.
  const isKnown = failed?.type !== "Resolved" && failed?.type !== "Verified";
  const isSaid = !failed || (isKnown && rollout?.reason === "RolledBack");
  const summary: Finding = (isSaid ? rollout : undefined) ?? {
    status: failed ? "False" : "True",
    reason: failed?.reason ?? "Loaded",
    message: failed?.message ?? findings.Loaded?.message ?? "",
  };
  return [...found, { type: "Ready", ...summary }].map((condition) => {
    const old = previous.find(({ type }) => type === condition.type);
    const lastTransitionTime = old?.status === condition.status ? old.lastTransitionTime : now;
    return {
      ...condition,
      message: condition.message.slice(0, 4096),
      lastTransitionTime,
      observedGeneration: generation,
    };
  });
}
