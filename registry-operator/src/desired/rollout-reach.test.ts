import assert from "node:assert/strict";
import { test } from "node:test";
import { contains, partsOf, type Reach, reachOf, shareOf, workloadsOf } from "./rollout-reach.js";
import type { RolloutPart, RolloutStep } from "./rollout-steps.js";

/** Steps from `10%` and names with commas between. */
function stepsOf(...all: string[]): RolloutStep[] {
  return all.map((text) => ({ ...partOf(text), pause: undefined }));
}

function partOf(text: string): RolloutPart {
  return text.endsWith("%") ? { share: Number.parseInt(text, 10) } : { workloads: text.split(",") };
}

test("what the steps choose together is kept in their order, and read back as it was", () => {
  for (const [steps, reach, parts] of [
    [["10%"], { share: "10%" }, ["10%"]],
    [["10%", "50%"], { share: "50%" }, ["50%"]],
    [["a,b"], { workloads: ["a", "b"] }, ["a,b"]],
    [["a", "b"], { workloads: ["b"], earlier: ["a"] }, ["a,b"]],
    [["a", "10%", "20%"], { share: "20%", earlier: ["a"] }, ["a", "20%"]],
    [["10%", "a"], { workloads: ["a"], earlier: ["10%"] }, ["10%", "a"]],
    [
      ["5%", "10%", "a", "b", "50%", "c"],
      { workloads: ["c"], earlier: ["10%", "a", "b", "50%"] },
      ["10%", "a,b", "50%", "c"],
    ],
  ] as [string[], Reach, string[]][]) {
    const found = reachOf(stepsOf(...steps), steps.length - 1);
    assert.deepEqual(found, reach, steps.join(" "));
    assert.deepEqual(partsOf(found), parts.map(partOf), steps.join(" "));
  }
  assert.deepEqual(reachOf([], 0), { share: "0%" });
});

test("an older status, which knows shares only, is read too", () => {
  assert.deepEqual(partsOf({ share: "10%" }), [{ share: 10 }]);
  assert.deepEqual([shareOf({ share: "0%" }), workloadsOf({ share: "0%" })], [0, []]);
});

test("one place contains another when no pod has to go back", () => {
  const steps = stepsOf("a", "10%", "b", "50%");
  const at = (index: number) => reachOf(steps, index);
  const everywhere = steps.map((_, index) => steps.map((_, known) => contains(at(index), at(known), steps)));
  assert.deepEqual(everywhere, [
    [true, false, false, false],
    [true, true, false, false],
    [true, true, true, false],
    [true, true, true, true],
  ]);
  assert.ok(contains({ share: "100%" }, at(3), steps));
  assert.ok(contains({ share: "10%" }, { workloads: ["c"], earlier: ["10%"] }, steps), "c is not asked for");
});
