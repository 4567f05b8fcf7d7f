import type { FilterDeployment } from "../api/filter-deployment.js";
import type { Finding } from "./conditions.js";
import { contains, type Reach, reachInWords, reachOf } from "./rollout-reach.js";
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
    return atStep({ revision, stable, generation }, steps, 0, now);
  }
  return isTakenBack || known.phase === "Promoted" ? known : replaced(known, steps, now);
}

/** What was seen of a rollout. */
export interface RolloutSeen {
  steps: readonly RolloutStep[];
  /** All pods of the step run the revision. */
  settled: boolean;
  /** No workload of the step has a pod that could run the revision. */
  isEmpty: boolean;
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
  known: Rollout,
  { steps, settled, isEmpty, failure, generation, now }: RolloutSeen,
): { rollout: Rollout; after: number | undefined } {
  if (known.phase === "RolledBack") return { rollout: known, after: undefined };
  const since = timeOf(now);
  if (failure !== undefined) {
    const back = { phase: "RolledBack", since, generation, message: failure } as const;
    return { rollout: moved(known, { share: "0%" }, back), after: 0 };
  }
  if (known.phase === "Promoted") return { rollout: known, after: undefined };
  const { message: _, ...going } = known;
  // To go on without anybody who tries it would give it to all untried.
  if (isEmpty) return { rollout: { ...going, message: nobodyTries(going) }, after: undefined };
  if (going.phase === "Progressing" && !settled) return { rollout: going, after: undefined };
  const watched: Rollout = going.phase === "Progressing" ? { ...going, phase: "Paused", since } : going;
  const pause = steps[watched.step - 1]?.pause;
  if (pause === undefined) return { rollout: watched, after: undefined };
  const left = Date.parse(watched.since) + pause - now;
  if (left > 0) return { rollout: watched, after: left };
  // A pod that came meanwhile is waited for.
  if (!settled) return { rollout: watched, after: undefined };
  if (watched.step < steps.length) return { rollout: atStep(watched, steps, watched.step, now), after: 0 };
  return { rollout: moved(watched, { share: "100%" }, { phase: "Promoted", since }), after: 0 };
}

/** What the condition Ready says of a rollout when nothing else is wrong; undefined: as if there were none. */
export function rolloutFinding(rollout: Rollout): Finding | undefined {
  const { phase, revision, stable, step, steps, message } = rollout;
  if (phase === "Promoted") return undefined;
  if (phase === "RolledBack") {
    const why = `${revision} was taken back, all pods run ${stable}: ${message}`;
    return { status: "False", reason: "RolledBack", message: why };
  }
  const place = `step ${step} of ${steps}: ${revision} for ${reachInWords(rollout)}, ${stable} for the others`;
  if (message !== undefined) {
    return { status: "False", reason: "RolloutNoPods", message: `${place}; ${message}` };
  }
  return { status: "False", reason: `Rollout${phase}`, message: place };
}

/** The place of a rollout when its steps may have been changed: the first that does not take pods back, else the last. */
function replaced(known: Rollout, steps: readonly RolloutStep[], now: number): Rollout {
  const isSame = (index: number) => chosenBy(reachOf(steps, index)) === chosenBy(known);
  if (isSame(known.step - 1)) return { ...known, steps: steps.length };
  const found = steps.findIndex((_, index) => contains(reachOf(steps, index), known, steps));
  const index = found < 0 ? steps.length - 1 : found;
  if (isSame(index)) return { ...known, step: index + 1, steps: steps.length };
  return atStep(known, steps, index, now);
}

function chosenBy({ share, workloads, earlier }: Reach): string {
  return JSON.stringify([share, workloads, earlier]);
}

/** What a rollout is about, and what it began with. */
type Begun = Pick<Rollout, "revision" | "stable" | "generation">;

function atStep(begun: Begun, steps: readonly RolloutStep[], index: number, now: number): Rollout {
  const { revision, stable, generation } = begun;
  return {
    ...{ revision, stable, generation, phase: "Progressing", step: index + 1, steps: steps.length },
    ...{ ...reachOf(steps, index), since: timeOf(now) },
  };
}

function moved(
  known: Rollout,
  reach: Reach,
  more: Pick<Rollout, "phase" | "since"> & Partial<Rollout>,
): Rollout {
  const { share: _share, workloads: _workloads, earlier: _earlier, ...rest } = known;
  return { ...rest, ...reach, ...more };
}

function nobodyTries({ workloads = [] }: Reach): string {
  const names = workloads.slice(0, 5).join(", ");
  const who = workloads.length === 1 ? `${names} has no pod` : `none of ${names} has a pod`;
  return `${who} that could run it, so nobody tries it: bring pods there, or change the steps`;
}

function timeOf(now: number): string {
  return new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
}
