import assert from "node:assert/strict";
import { test } from "node:test";
import {
  advanceRollout,
  currentRollout,
  type Rollout,
  type RolloutInput,
  type RolloutSeen,
  rolloutFinding,
} from "./rollout.js";
import { contains, shareOf, workloadsOf } from "./rollout-reach.js";
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
  const seen = { steps, settled: true, isEmpty: false, failure: undefined, generation: 2, now: start };
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

test("by workload and by share, each step with what those before it chose", () => {
  const mixed: RolloutStep[] = [
    { workloads: ["Deployment/a"], pause: 0 },
    { workloads: ["Deployment/b", "StatefulSet/c"], pause: 0 },
    { share: 10, pause: 0 },
    { share: 50, pause: 0 },
    { workloads: ["Deployment/d"], pause: 0 },
  ];
  const places: object[] = [];
  for (let at = current({ steps: mixed })!; at.phase !== "Promoted"; ) {
    const { share, workloads, earlier } = at;
    places.push({ ...(share && { share }), ...(workloads && { workloads }), ...(earlier && { earlier }) });
    at = advance(at, { steps: mixed }).rollout;
    if (at.phase === "Promoted") {
      assert.deepEqual([at.share, at.workloads, at.earlier], ["100%", undefined, undefined]);
    }
  }
  const named = ["Deployment/a", "Deployment/b", "StatefulSet/c"];
  assert.deepEqual(places, [
    { workloads: ["Deployment/a"] },
    { workloads: ["Deployment/b", "StatefulSet/c"], earlier: ["Deployment/a"] },
    { share: "10%", earlier: named },
    { share: "50%", earlier: named },
    { workloads: ["Deployment/d"], earlier: [...named, "50%"] },
  ]);
});

test("a step whose workloads have no pod waits and says so, in each phase, until there is one", () => {
  const byName = [{ workloads: ["Deployment/a", "Deployment/b"], pause: 60_000 }];
  const going = current({ steps: byName })!;
  const empty = { steps: byName, settled: false, isEmpty: true };
  const { rollout: waiting, after } = advance(going, empty);
  assert.deepEqual([waiting.phase, after], ["Progressing", undefined]);
  const finding = rolloutFinding(waiting);
  assert.equal(finding?.reason, "RolloutNoPods");
  assert.match(
    finding?.message ?? "",
    /step 1 of 1: r-new for all pods of Deployment\/a, Deployment\/b, .*; none of Deployment\/a, Deployment\/b has a pod/,
  );
  assert.deepEqual(advance(waiting, empty).rollout, waiting, "it is said once");
  assert.deepEqual(current({ known: waiting, steps: byName, now: start + 9_000 }), waiting);
  const found = advance(waiting, { steps: byName }).rollout;
  assert.deepEqual([found.phase, found.message], ["Paused", undefined]);
  const gone = advance(found, { ...empty, now: start + 900_000 }).rollout;
  assert.deepEqual([gone.phase, rolloutFinding(gone)?.reason], ["Paused", "RolloutNoPods"]);
  assert.equal(advance(gone, { steps: byName, now: start + 900_000 }).rollout.phase, "Promoted");
  const crashed = advance(gone, { ...empty, failure: "it crashed" }).rollout;
  assert.deepEqual(
    [crashed.phase, crashed.share, crashed.workloads, crashed.message],
    ["RolledBack", "0%", undefined, "it crashed"],
  );
});

test("steps that are changed keep to the workloads that they still name", () => {
  const names = (...all: string[]) => ({ workloads: all.map((name) => `Deployment/${name}`), pause: 0 });
  const share = (percent: number) => ({ share: percent, pause: 0 });
  const known = current({ steps: [names("a", "b")] })!;
  const at = (changed: RolloutStep[], from = known) => {
    const next = current({ known: from, steps: changed, generation: 3 })!;
    return `${next.step} ${next.share ?? next.workloads?.join()}`;
  };
  assert.equal(at([share(5), names("a", "b"), share(50)]), "2 Deployment/a,Deployment/b");
  assert.equal(at([names("a"), names("b"), share(50)]), "2 Deployment/b");
  assert.equal(at([share(5), share(100)]), "1 5%", "they are not asked for any more");
  assert.equal(at([names("a"), share(100)]), "1 Deployment/a");
  const further = current({ steps: [share(20)] })!;
  assert.equal(at([names("a"), share(10)], further), "2 10%", "nothing is as far");
  assert.equal(at([names("a"), share(30), names("b")], further), "2 30%");
});

test("no pod goes back on the way, whenever it is looked at, and it ends", () => {
  for (let seed = 1; seed <= 200; seed++) {
    let state = seed;
    // A linear congruential generator: the same runs each time.
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    const shares = [...new Set(Array.from({ length: 1 + random(6) }, () => 1 + random(100)))];
    const planned: RolloutStep[] = shares
      .sort((a, b) => a - b)
      .map((share) => ({ share, pause: random(4) * 1_000 }));
    for (let count = random(4); count > 0; count--) {
      const step = { workloads: [`Deployment/${random(3)}`], pause: random(4) * 1_000 };
      planned.splice(random(planned.length + 1), 0, step);
    }
    let now = start;
    let known = current({ steps: planned, now })!;
    let looks = 0;
    for (; known.phase !== "Promoted"; looks++) {
      assert.ok(looks < 1_000, `seed ${seed} does not end`);
      now += random(1_500);
      const same = current({ known, steps: planned, now })!;
      assert.deepEqual(same, known, "looking changes nothing");
      const settled = random(3) > 0;
      const isEmpty = !settled && known.workloads !== undefined && random(2) === 0;
      const next = advance(known, { steps: planned, settled, isEmpty, now }).rollout;
      assert.ok(shareOf(next) >= shareOf(known), `seed ${seed}`);
      assert.ok(contains(next, known, planned), `seed ${seed}`);
      assert.ok(
        next.phase === "Promoted" || workloadsOf(known).every((each) => workloadsOf(next).includes(each)),
      );
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
  const words = (reach: object) => {
    const { share: _, ...begun } = first;
    return /r-new for (.*), r-old/.exec(rolloutFinding({ ...begun, ...reach })?.message ?? "")?.[1];
  };
  const [a, b] = ["Deployment/a", "shop/StatefulSet/b"];
  assert.equal(words({ workloads: [a, b] }), "all pods of Deployment/a, shop/StatefulSet/b");
  assert.equal(words({ share: "50%", earlier: [a] }), "50% of the pods, in any case all of Deployment/a");
  assert.equal(words({ workloads: [a], earlier: ["5%"] }), "5% of the pods, and all of Deployment/a");
  const many = Array.from({ length: 16 }, (_, n) => `Deployment/${n}`);
  assert.match(words({ workloads: many }) ?? "", /Deployment\/4 and 11 more$/);
  const back = rolloutFinding(advance(first, { failure: "shop/web crashed" }).rollout);
  assert.equal(back?.reason, "RolledBack");
  assert.match(back?.message ?? "", /r-new was taken back, all pods run r-old: shop\/web crashed/);
  assert.equal(rolloutFinding({ ...first, phase: "Promoted" }), undefined);
});
