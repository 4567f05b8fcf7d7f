import type { RolloutPart, RolloutStep } from "./rollout-steps.js";

/** Which pods a rollout has come to, as its status keeps it. */
export interface Reach {
  /** `10%`. Absent: the step is by workload. */
  share?: string;
  /** Absent: the step is a share. */
  workloads?: string[];
  /** What the steps before chose, shares and workloads, in their order. Absent: nothing beside the step's own. */
  earlier?: string[];
}

/** What the steps up to this one choose together. @param index from 0 */
export function reachOf(steps: readonly RolloutStep[], index: number): Reach {
  const before = chosenBy(steps.slice(0, Math.max(0, index)));
  const step = steps[index];
  if (!step) return { share: "0%" };
  if ("workloads" in step) return { workloads: [...step.workloads], ...earlier(before) };
  // A larger share contains the smaller one before it.
  if (isShare(before.at(-1))) before.pop();
  return { share: `${step.share}%`, ...earlier(before) };
}

/** What chooses the pods of a rollout, one after the other: each part adds to those before it. */
export function partsOf({ share, workloads = [], earlier = [] }: Reach): RolloutPart[] {
  const parts: RolloutPart[] = [];
  for (const each of [...earlier, ...workloads, ...(share === undefined ? [] : [share])]) {
    const last = parts.at(-1);
    if (isShare(each)) parts.push({ share: Number.parseInt(each, 10) });
    else if (last && "workloads" in last) last.workloads = [...last.workloads, each];
    else parts.push({ workloads: [each] });
  }
  return parts;
}

/** The largest share of pods that it has come to, in percent. */
export function shareOf(reach: Reach): number {
  return Math.max(0, ...partsOf(reach).map((part) => ("share" in part ? part.share : 0)));
}

/** The workloads that it has come to, all of whose pods it has. */
export function workloadsOf(reach: Reach): string[] {
  return [...new Set(partsOf(reach).flatMap((part) => ("share" in part ? [] : part.workloads)))];
}

/**
 * Whether no pod has to go back when a rollout that has come to `known` is from now on where `next` is. Workloads that none
 * of the steps names are not asked for any more.
 */
export function contains(next: Reach, known: Reach, steps: readonly RolloutStep[]): boolean {
  if (shareOf(next) < shareOf(known)) return false;
  const named = new Set(workloadsOf(next));
  const asked = new Set(chosenBy(steps));
  return shareOf(next) >= 100 || workloadsOf(known).every((each) => named.has(each) || !asked.has(each));
}

/** A rollout's pods in words: `10% of the pods`, `all pods of Deployment/reviews`, or both. */
export function reachInWords(reach: Reach): string {
  const names = workloadsOf(reach);
  const named = `${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
  const share = shareOf(reach);
  if (names.length === 0) return `${share}% of the pods`;
  if (share === 0) return `all pods of ${named}`;
  return `${share}% of the pods, ${reach.share === undefined ? "and" : "in any case"} all of ${named}`;
}

function chosenBy(steps: readonly RolloutStep[]): string[] {
  const chosen: string[] = [];
  for (const step of steps) {
    if ("workloads" in step) chosen.push(...step.workloads);
    else {
      if (isShare(chosen.at(-1))) chosen.pop();
      chosen.push(`${step.share}%`);
    }
  }
  return chosen;
}

function earlier(chosen: string[]): Reach {
  return chosen.length > 0 ? { earlier: chosen } : {};
}

function isShare(text: string | undefined): boolean {
  return text?.endsWith("%") ?? false;
}
