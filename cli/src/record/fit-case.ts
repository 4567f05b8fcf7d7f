import type { Case, CaseFile, CaseStep, Expectation } from "../cases/cases.js";
import type { Mismatch } from "../cases/check-message.js";
import { playCase } from "../cases/run-case.js";
import type { TestedModule } from "../test/tested-module.js";
import type { Recorded } from "./recorded.js";
import { clustersOf, expectationOf, inputOf } from "./to-case.js";

/** A case that passes, or why there is none. */
export type Fitted =
  | { file: CaseFile /** What the replay does not give again, and so is not expected. */; left: string[] }
  | { refused: string };

/** What the case is made for. */
export interface FitOptions {
  name: string;
  /** As the filter got it; empty: none. */
  config: string;
  /** What passed before it in the same VM, oldest first. */
  before: readonly Recorded[];
}

/** A case is replayed that far ahead: what depends on the time of day must not pass today and fail tomorrow. */
const laterMs = 400 * 24 * 3600 * 1000 + 12_345_678;

/**
 * Makes a case of an exchange that passes when it is replayed in the in-process host: by itself; when that is not the
 * same, with the time that passed; or else after the exchanges that came before it. What is still different (a random
 * value, the time of day, something that depended on a masked secret) is left out of the expectation.
 */
export function fitCase(module: TestedModule, exchange: Recorded, options: FitOptions): Fitted {
  const { name, config, before } = options;
  const fileOf = (each: Case, all: readonly Recorded[]): CaseFile => {
    const clusters = clustersOf(all);
    return {
      ...(config !== "" && { config: configOf(config) }),
      ...(clusters && { clusters }),
      cases: [each],
    };
  };
  const step: CaseStep = { ...inputOf(exchange), expect: expectationOf(exchange) };
  const waited = waitsFor(exchange).map((advance): CaseStep => ({ ...step, advance }));
  const ends = [step, ...waited];
  const alone = (last: CaseStep) => fileOf({ name, ...last } as Case, [exchange]);
  const candidates = ends.map((last) => () => alone(last));
  if (before.length > 0) {
    const all = [...before, exchange];
    const earlier = before.map((each, index): CaseStep => {
      const next = all[index + 1] as Recorded;
      return { ...inputOf(each), advance: Math.max(0, Math.round(next.began - each.began)) };
    });
    for (const last of ends) candidates.push(() => fileOf({ name, steps: [...earlier, last] }, all));
  }
  const fitted = candidates.map((candidate) => {
    const file = candidate();
    return { file, mismatches: mismatchesOf(module, file) };
  });
  const whole = fitted.find(({ mismatches }) => mismatches.length === 0);
  if (whole) return { file: whole.file, left: [] };
  const rest = fitted.map(({ file, mismatches }) => leaveOut(module, file, mismatches));
  const passing = rest.filter((each) => "file" in each);
  const [first] = rest;
  if (passing.length === 0 && first) return first;
  return passing.reduce((best, each) => (each.left.length < best.left.length ? each : best));
}

/**
 * How long a replay may have to wait, in milliseconds: what a timer fired for is one more than what was measured, since
 * both ends were cut to milliseconds. A callout of Envoy's times out by when its event loop woke; on a busy machine that
 * is well before the request is said to have come.
 */
function waitsFor({ millis, callouts }: Recorded): number[] {
  const measured = Math.ceil(millis) + 1;
  const timedOut = callouts.some(({ answer }) => answer === "timeout");
  return timedOut ? [measured, measured + 100, measured + 1000] : [measured];
}

/** A file's JSON as a value where that gives the filter the same text again. */
function configOf(config: string): unknown {
  try {
    const value: unknown = JSON.parse(config);
    return JSON.stringify(value) === config && value !== null ? value : config;
  } catch {
    return config;
  }
}

function mismatchesOf(module: TestedModule, file: CaseFile): Mismatch[] {
  const [each] = file.cases;
  if (!each) return [];
  const wrong = playCase(module, file, each, Date.now() + laterMs);
  if (!wrong) return [];
  const last = each.steps === undefined || wrong.step === each.steps.length - 1;
  return last ? wrong.mismatches : wrong.mismatches.map(({ words }) => ({ path: [], words }));
}

/** Takes out of the expectation what is different, as long as the exchange as such ends as it did. */
function leaveOut(module: TestedModule, file: CaseFile, first: readonly Mismatch[]): Fitted {
  const changed = structuredClone(file);
  const [each] = changed.cases;
  const expect = each?.steps?.at(-1)?.expect ?? each?.expect ?? {};
  const left: string[] = [];
  let mismatches = [...first];
  // One more round each for what shows only once something else is as expected.
  for (let round = 0; round < 3 && mismatches.length > 0; round++) {
    for (const mismatch of mismatches) {
      const { path, words } = mismatch;
      if (allow(expect, mismatch)) continue;
      if (!remove(expect, path)) return { refused: words };
      left.push(path.join("."));
    }
    mismatches = mismatchesOf(module, changed);
  }
  const [still] = mismatches;
  return still ? { refused: still.words } : { file: changed, left };
}

/** A trap and a warning are named, not left out: a case has to expect them. */
function allow(expect: Expectation, { path, words }: Mismatch): boolean {
  if (path.length > 0) return false;
  if (words.startsWith("the VM died") && expect.trap === undefined) expect.trap = { present: true };
  else if (words.startsWith("warning:")) expect.warnings = true;
  else return false;
  return true;
}

/** Deletes one header, body or address from the expectation; false for what the exchange is about. */
function remove(expect: Expectation, path: readonly (string | number)[]): boolean {
  const last = path.at(-1);
  const isDetail =
    (path.length > 1 && path[0] !== "callouts" && last !== "status") ||
    (path.length > 2 && last !== "cluster");
  if (!isDetail || last === undefined) return false;
  let at: unknown = expect;
  for (const key of path.slice(0, -1)) at = (at as Record<string, unknown> | undefined)?.[key];
  if (typeof at !== "object" || at === null) return false;
  return Reflect.deleteProperty(at, last);
}
