import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type CanaryCandidate, canaryPods } from "./canary-pods.js";

const id = "0123456789";

function pods(count: number, from = 0): CanaryCandidate[] {
  return Array.from({ length: count }, (_, n) => ({ uid: uid(from + n), carries: false }));
}

function uid(n: number): string {
  return createHash("md5").update(String(n)).digest("hex");
}

test("a share is rounded down, but at least one pod of those that are there", () => {
  const count = (all: number, share: number) => canaryPods(pods(all), id, share).size;
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
      const chosen = canaryPods(all, id, share);
      assert.deepEqual(canaryPods([...all].reverse(), id, share), chosen);
      for (const each of smaller) assert.ok(chosen.has(each), `${count} pods, ${share}%`);
      smaller = chosen;
    }
  }
});

test("pods that come and go move no others that carry the revision", () => {
  for (let round = 0; round < 50; round++) {
    const before = pods(10 + (round % 5), round * 100);
    const chosen = canaryPods(before, id, 40);
    const carrying = before.map((pod) => ({ ...pod, carries: chosen.has(pod.uid) }));
    const more = canaryPods([...pods(round % 9, round * 100 + 50), ...carrying], id, 40);
    for (const each of chosen) assert.ok(more.has(each), `round ${round}`);
    // Others than those that try it out go: the share is of fewer, and none is added.
    const fewer = carrying.filter(({ carries }, n) => carries || n % 2 === 0);
    const left = canaryPods(fewer, id, 40);
    for (const each of left) assert.ok(chosen.has(each));
  }
});

test("two filters try things out on different pods", () => {
  const all = pods(100);
  assert.notDeepEqual(canaryPods(all, "aaaaaaaaaa", 10), canaryPods(all, "bbbbbbbbbb", 10));
});
