import type { FilterDeployment } from "../api/filter-deployment.js";
import type { Finding } from "./conditions.js";
import type { RolloutStep } from "./rollout-steps.js";

/** A rollout as the status keeps it, which is all that a restart of the operator needs. */
export type Rollout = NonNullable<NonNullable<FilterDeployment["status"]>["rollout"]>;

/** What says whether there is a rollout, and where it is. */
export interface RolloutInput {
  /** As the status has it. */
  known: Rollout | undefined;
  /** Empty: all at once. */
  steps: readonly RolloutStep[];
  /** What the pods shall run in the end. */
  revision: string | undefined;
  /** What they are known to run well; undefined: there is nothing to move from, or to return to. */
  stable: string | undefined;
  generation: number;
  /** Nothing is to move: it is paused, or what the spec asks for is not known yet. */
  held: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * The rollout that is under way: the known one, at its place in the steps as they are by now, or a new one at its first
 * step; undefined: all pods shall run the same. One that was taken back stays so until the spec or the revision is another.
 */
export function currentRollout(input: RolloutInput): Rollout | undefined {
  const { known, steps, revision, stable, generation, held, now } = input;
  const isKnown = known !== undefined && known.revision === revision;
  if (held) return isKnown || known?.phase === "RolledBack" ? known : undefined;
  if (revision === undefined || stable === undefined || revision === stable || steps.length === 0) {
    return undefined;
  }
  const isTakenBack = known?.phase === "RolledBack";
  if (!isKnown || known.stable !== stable || (isTakenBack && known.generation !== generation)) {
    return { revision, stable, generation, ...atStep(steps, 0, now) };
  }
  return isTakenBack || known.phase === "Promoted" ? known : replaced(known, steps, now);
}

/** What was seen of a rollout. */
export interface RolloutSeen {
  steps: readonly RolloutStep[];
  /** All pods of the step run the revision. */
  settled: boolean;
  /** Why it must be taken back; undefined: nothing speaks against it. */
  failure: string | undefined;
  generation: number;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * What becomes of a rollout by what was seen of it: at most one step further, or taken back.
 *
 * @returns also in how many milliseconds time alone moves it on; undefined: it does not
 */
export function advanceRollout(
  rollout: Rollout,
  { steps, settled, failure, generation, now }: RolloutSeen,
): { rollout: Rollout; after: number | undefined } {
  if (rollout.phase === "RolledBack") return { rollout, after: undefined };
  const since = timeOf(now);
  if (failure !== undefined) {
    const back = { phase: "RolledBack", share: "0%", since, generation, message: failure } as const;
    return { rollout: { ...rollout, ...back }, after: 0 };
  }
  if (rollout.phase === "Promoted") return { rollout, after: undefined };
  if (rollout.phase === "Progressing" && !settled) return { rollout, after: undefined };
  const watched: Rollout = rollout.phase === "Progressing" ? { ...rollout, phase: "Paused", since } : rollout;
  const pause = steps[watched.step - 1]?.pause;
  if (pause === undefined) return { rollout: watched, after: undefined };
  const left = Date.parse(watched.since) + pause - now;
  if (left > 0) return { rollout: watched, after: left };
  // A pod that came meanwhile is waited for.
  if (!settled) return { rollout: watched, after: undefined };
  if (watched.step < steps.length) {
    return { rollout: { ...watched, ...atStep(steps, watched.step, now) }, after: 0 };
  }
  return { rollout: { ...watched, phase: "Promoted", share: "100%", since }, after: 0 };
}

/** Percent of the pods that shall run the revision. */
export function shareOf({ share }: Rollout): number {
  return Number.parseInt(share, 10);
}

/** What the condition Ready says of a rollout when nothing else is wrong; undefined: as if there were none. */
export function rolloutFinding(rollout: Rollout): Finding | undefined {
  const { phase, revision, stable, step, steps, share, message } = rollout;
  if (phase === "Promoted") return undefined;
  if (phase === "RolledBack") {
    const why = `${revision} was taken back, all pods run ${stable}: ${message}`;
    return { status: "False", reason: "RolledBack", message: why };
  }
  const place = `step ${step} of ${steps}: ${revision} for ${share} of the pods, ${stable} for the others`;
  return { status: "False", reason: `Rollout${phase}`, message: place };
}

/** The place of a rollout when its steps may have been changed: the first that does not take pods back, else the last. */
function replaced(known: Rollout, steps: readonly RolloutStep[], now: number): Rollout {
  const share = shareOf(known);
  const found = steps.findIndex((each) => each.share >= share);
  const index = found < 0 ? steps.length - 1 : found;
  const place = atStep(steps, index, now);
  if (steps[index]?.share !== share) return { ...known, ...place };
  return { ...known, step: place.step, steps: place.steps };
}

function atStep(steps: readonly RolloutStep[], index: number, now: number) {
  return {
    phase: "Progressing" as const,
    step: index + 1,
    steps: steps.length,
    share: `${steps[index]?.share ?? 0}%`,
    since: timeOf(now),
  };
}

function timeOf(now: number): string {
  return new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
}
