import assert from "node:assert/strict";
import { test } from "node:test";
import {
  advanceRollout,
  currentRollout,
  type Rollout,
  type RolloutInput,
  type RolloutSeen,
  rolloutFinding,
  shareOf,
} from "./rollout.js";
import type { RolloutStep } from "./rollout-steps.js";

const start = Date.parse("2026-01-01T00:00:00Z");
const steps: RolloutStep[] = [
  { share: 10, pause: 60_000 },
  { share: 50, pause: 60_000 },
];

function current(more: Partial<RolloutInput> = {}): Rollout | undefined {
  const input = { known: undefined, steps, revision: "r-new", stable: "r-old", generation: 2 };
  return currentRollout({ ...input, held: false, now: start, ...more });
}

function advance(rollout: Rollout, more: Partial<RolloutSeen> = {}) {
  const seen = { steps, settled: true, failure: undefined, generation: 2, now: start };
  return advanceRollout(rollout, { ...seen, ...more });
}

/** One that is at its first step. */
const first = current()!;
/** One whose first step is watched since `start`. */
const paused = advance(first).rollout;

test("a rollout begins when there is something to move from, and something to move to", () => {
  assert.deepEqual(first, {
    ...{ revision: "r-new", stable: "r-old", generation: 2, phase: "Progressing" },
    ...{ step: 1, steps: 2, share: "10%", since: "2026-01-01T00:00:00Z" },
  });
  assert.equal(current({ stable: undefined }), undefined, "the first one of all");
  assert.equal(current({ revision: "r-old" }), undefined, "no change");
  assert.equal(current({ revision: undefined }), undefined, "nothing to run");
  assert.equal(current({ steps: [] }), undefined, "all at once");
  assert.equal(current({ held: true }), undefined, "not now");
});

test("step by step, each watched for its pause once all its pods run it, to all pods", () => {
  assert.deepEqual(advance(first, { settled: false, now: start + 600_000 }), {
    rollout: first,
    after: undefined,
  });
  assert.deepEqual([paused.phase, paused.share], ["Paused", "10%"]);
  assert.deepEqual(advance(first), { rollout: paused, after: 60_000 });
  assert.deepEqual(advance(paused, { now: start + 59_000 }), { rollout: paused, after: 1_000 });
  assert.deepEqual(advance(paused, { settled: false, now: start + 61_000 }).rollout, paused);
  const second = advance(paused, { now: start + 60_000 }).rollout;
  assert.deepEqual([second.phase, second.step, second.share], ["Progressing", 2, "50%"]);
  const watched = advance(second, { now: start + 70_000 }).rollout;
  const all = advance(watched, { now: start + 130_000 }).rollout;
  assert.deepEqual([all.phase, all.share], ["Promoted", "100%"]);
  assert.deepEqual(advance(all, { now: start + 900_000 }), { rollout: all, after: undefined });
  assert.equal(current({ known: all, stable: "r-new" }), undefined, "all pods were seen to run it");
});

test("a step without a pause waits for the spec", () => {
  const waiting = [{ share: 10, pause: undefined }];
  const held = advance(first, { steps: waiting });
  assert.deepEqual([held.rollout.phase, held.after], ["Paused", undefined]);
  const later = { now: start + 1e9 };
  assert.deepEqual(advance(held.rollout, { steps: waiting, ...later }).rollout, held.rollout);
  const [known, goOn] = [held.rollout, [{ share: 10, pause: 0 }]];
  const same = current({ known, steps: goOn, generation: 3, ...later })!;
  assert.equal(advance(same, { steps: goOn, ...later }).rollout.phase, "Promoted");
  assert.equal(current({ known, steps: [], generation: 3 }), undefined, "no steps: all at once");
});

test("a change of the steps takes no pods back where it can, and does not begin anew", () => {
  const at = (shares: number[], known = paused) => {
    const changed = shares.map((share) => ({ share, pause: 0 }));
    const now = start + 5_000;
    const { step, share, phase, since } = current({ known, steps: changed, generation: 3, now })!;
    return `${step} ${share} ${phase} ${Date.parse(since) - start}`;
  };
  assert.equal(at([5, 10, 20]), "2 10% Paused 0");
  assert.equal(at([5, 20]), "2 20% Progressing 5000");
  assert.equal(at([5]), "1 5% Progressing 5000");
});

test("taken back it stays so, until the spec or the revision is another", () => {
  const { rollout: back, after } = advance(paused, { failure: "shop/web crashed", generation: 3 });
  assert.deepEqual(
    [back.phase, back.share, back.message, back.generation, after],
    ["RolledBack", "0%", "shop/web crashed", 3, 0],
  );
  assert.deepEqual(advance(back, { now: start + 1e9 }).rollout, back);
  assert.deepEqual(current({ known: back, generation: 3, now: start + 1e9 }), back);
  assert.deepEqual(current({ known: back, generation: 4 }), { ...first, generation: 4 });
  assert.equal(current({ known: back, generation: 3, revision: "r-newer" })?.revision, "r-newer");
  assert.equal(current({ known: back, generation: 4, revision: "r-old" }), undefined, "given up");
  const held = { known: back, held: true, revision: "r-old", generation: 4 };
  assert.deepEqual(current(held), back, "the spec is not known yet");
});

test("what is held stays where it is, whatever revision is in force", () => {
  assert.deepEqual(current({ known: paused, held: true, steps: [], generation: 9 }), paused);
  assert.equal(current({ known: paused, held: true, revision: "r-old" }), undefined);
});

test("another revision on the way begins at the first step", () => {
  assert.deepEqual(current({ known: paused, revision: "r-newer", now: start + 5_000 }), {
    ...first,
    ...{ revision: "r-newer", since: "2026-01-01T00:00:05Z" },
  });
});

test("the share never shrinks on the way, whenever it is looked at, and ends", () => {
  for (let seed = 1; seed <= 200; seed++) {
    let state = seed;
    // A linear congruential generator: the same runs each time.
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    const shares = [...new Set(Array.from({ length: 1 + random(6) }, () => 1 + random(100)))];
    const planned = shares.sort((a, b) => a - b).map((share) => ({ share, pause: random(4) * 1_000 }));
    let now = start;
    let known = current({ steps: planned, now })!;
    let looks = 0;
    for (; known.phase !== "Promoted"; looks++) {
      assert.ok(looks < 1_000, `seed ${seed} does not end`);
      now += random(1_500);
      const same = current({ known, steps: planned, now })!;
      assert.deepEqual(same, known, "looking changes nothing");
      const next = advance(known, { steps: planned, settled: random(3) > 0, now }).rollout;
      assert.ok(shareOf(next) >= shareOf(known), `seed ${seed}`);
      assert.ok(next.step - known.step <= 1, "no step is left out");
      known = next;
    }
  }
});

test("the condition names the place, or why it was taken back", () => {
  assert.match(
    rolloutFinding(paused)?.message ?? "",
    /step 1 of 2: r-new for 10% of the pods, r-old for the others/,
  );
  assert.equal(rolloutFinding(paused)?.reason, "RolloutPaused");
  const back = rolloutFinding(advance(first, { failure: "shop/web crashed" }).rollout);
  assert.equal(back?.reason, "RolledBack");
  assert.match(back?.message ?? "", /r-new was taken back, all pods run r-old: shop\/web crashed/);
  assert.equal(rolloutFinding({ ...first, phase: "Promoted" }), undefined);
});
