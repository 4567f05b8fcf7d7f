import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type CanaryCandidate, canaryPods } from "./canary-pods.js";
import type { RolloutPart } from "./rollout-steps.js";

const id = "0123456789";

/** Pods of three workloads, and every seventh of none. */
function pods(count: number, from = 0): CanaryCandidate[] {
  return Array.from({ length: count }, (_, n) => ({
    uid: uid(from + n),
    workload: n % 7 === 6 ? undefined : `shop/Deployment/${"abc"[n % 3]}`,
    able: true,
    carries: false,
  }));
}

function uid(n: number): string {
  return createHash("md5").update(String(n)).digest("hex");
}

function byShare(all: readonly CanaryCandidate[], share: number, of = id): Set<string> {
  return canaryPods(all, of, [{ share }]);
}

function named(...names: string[]): RolloutPart {
  return { workloads: names.map((name) => `shop/Deployment/${name}`) };
}

function containsAll(larger: ReadonlySet<string>, smaller: ReadonlySet<string>, what: string): void {
  for (const each of smaller) assert.ok(larger.has(each), what);
}

test("a share is rounded down, but at least one pod of those that are there", () => {
  const count = (all: number, share: number) => byShare(pods(all), share).size;
  assert.deepEqual(
    [
      count(0, 50),
      count(1, 1),
      count(4, 10),
      count(4, 50),
      count(5, 50),
      count(10, 99),
      count(10, 100),
      count(9, 0),
    ],
    [0, 1, 1, 2, 2, 9, 10, 0],
  );
});

test("of any pods a larger share contains a smaller one, and their order does not matter", () => {
  for (let count = 0; count < 40; count++) {
    const all = pods(count, count * 1000);
    let smaller = new Set<string>();
    for (let share = 0; share <= 100; share += 1 + (count % 7)) {
      const chosen = byShare(all, share);
      assert.deepEqual(byShare([...all].reverse(), share), chosen);
      containsAll(chosen, smaller, `${count} pods, ${share}%`);
      smaller = chosen;
    }
  }
});

test("pods that come and go move no others that carry the revision", () => {
  for (let round = 0; round < 50; round++) {
    const before = pods(10 + (round % 5), round * 100);
    const chosen = byShare(before, 40);
    const carrying = before.map((pod) => ({ ...pod, carries: chosen.has(pod.uid) }));
    const more = byShare([...pods(round % 9, round * 100 + 50), ...carrying], 40);
    containsAll(more, chosen, `round ${round}`);
    // Others than those that try it out go: the share is of fewer, and none is added.
    const fewer = carrying.filter(({ carries }, n) => carries || n % 2 === 0);
    const left = byShare(fewer, 40);
    for (const each of left) assert.ok(chosen.has(each));
  }
});

test("two filters try things out on different pods", () => {
  const all = pods(100);
  assert.notDeepEqual(byShare(all, 10, "aaaaaaaaaa"), byShare(all, 10, "bbbbbbbbbb"));
});

test("a workload has all its pods, also those that can run nothing yet; a pod of none is never among them", () => {
  const all = pods(14).map((pod, n) => ({ ...pod, able: n > 2 }));
  const of = (name: string) => all.filter(({ workload }) => workload === name).map(({ uid }) => uid);
  assert.deepEqual(canaryPods(all, id, [named("a")]), new Set(of("shop/Deployment/a")));
  assert.deepEqual(canaryPods(all, id, [named("a"), named("a", "gone")]), new Set(of("shop/Deployment/a")));
  assert.deepEqual(canaryPods(all, id, [{ workloads: ["Deployment/a", "undefined"] }]), new Set());
  const more = [...all, { uid: "new", workload: "shop/Deployment/a", able: false, carries: false }];
  assert.ok(canaryPods(more, id, [named("a"), { share: 50 }]).has("new"), "that comes later");
});

test("a share counts the pods of workloads that were named before, and only those that can run it", () => {
  const all = pods(20);
  const count = (...parts: RolloutPart[]) => canaryPods(all, id, parts).size;
  assert.equal(count(named("a")), 6);
  assert.equal(count(named("a"), { share: 10 }), 6, "more than the share are there already");
  assert.equal(count(named("a"), { share: 50 }), 10);
  assert.equal(count(named("a", "b", "c"), { share: 100 }), 20);
  const half = all.map((pod, n) => ({ ...pod, able: n % 2 === 0 }));
  assert.equal(byShare(half, 50).size, 5);
  assert.equal(byShare(half, 100).size, 20);
  assert.equal(
    canaryPods(half, id, [named("a"), { share: 50 }]).size,
    8,
    "3 of a's 6 can run it, and 2 more",
  );
});

/** The same numbers each time. */
function randomBy(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

function randomParts(random: (below: number) => number): RolloutPart[] {
  let share = 0;
  return Array.from({ length: 2 + random(5) }, () => {
    share = Math.min(99, share + 1 + random(40));
    return random(2) === 0 ? { share } : named(...["a", "b", "c"].slice(random(3)));
  });
}

test("whatever the steps, each contains those before, and is the same after a restart in the midst of it", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = randomBy(seed);
    const parts = randomParts(random);
    let all = pods(1 + random(40), seed * 100);
    let before = new Set<string>();
    for (let step = 1; step <= parts.length; step++) {
      const chosen = canaryPods(all, id, parts.slice(0, step));
      containsAll(chosen, before, `seed ${seed}, step ${step}`);
      // Only some of them were given their label when the operator began anew, and their order is another.
      const half = all.map((pod) => ({ ...pod, carries: chosen.has(pod.uid) && random(2) === 0 })).reverse();
      assert.deepEqual(canaryPods(half, id, parts.slice(0, step)), chosen, `seed ${seed}, step ${step}`);
      all = all.map((pod) => ({ ...pod, carries: chosen.has(pod.uid) }));
      assert.deepEqual(canaryPods(all, id, parts.slice(0, step)), chosen, `seed ${seed}, step ${step}`);
      before = chosen;
    }
  }
});

test("pods that are replaced in any step send none back that run the revision", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = randomBy(seed);
    const parts = randomParts(random);
    let all = pods(5 + random(40), seed * 100);
    let fresh = 0;
    for (let step = 1; step <= parts.length; step++) {
      for (let look = 0; look < 3; look++) {
        all = all.map((pod) =>
          random(8) > 0 ? pod : { ...pod, uid: uid(1e6 + seed * 1000 + fresh++), carries: false },
        );
        const chosen = canaryPods(all, id, parts.slice(0, step));
        const carrying = new Set(all.filter(({ carries }) => carries).map((pod) => pod.uid));
        containsAll(chosen, carrying, `seed ${seed}, step ${step}, look ${look}`);
        all = all.map((pod) => ({ ...pod, carries: chosen.has(pod.uid) }));
      }
    }
  }
});
