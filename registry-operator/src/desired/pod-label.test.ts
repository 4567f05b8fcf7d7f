import assert from "node:assert/strict";
import { test } from "node:test";
import { noop } from "../api/names.js";
import { type LabelInput, labelFor } from "./pod-label.js";

const values = [undefined, noop, "r-old", "r-new", "r-stray"];

/** Every combination of what can be. */
function* inputs(): Generator<LabelInput & { contents: string[]; onNode: string[] }> {
  for (const current of values) {
    for (const wanted of [undefined, noop, "r-new"]) {
      for (const lastGood of [undefined, "r-old"]) {
        for (const contents of subsets([noop, "r-old", "r-new"])) {
          for (const onNode of subsets(["r-old", "r-new"])) {
            for (const failOpen of [false, true]) {
              const served = (value: string) => contents.includes(value);
              const readable = (value: string) => onNode.includes(value);
              yield { current, wanted, lastGood, served, readable, failOpen, contents, onNode };
            }
          }
        }
      }
    }
  }
}

test("no pod is ever told to run what its Envoy cannot read, nor what has no content", () => {
  let count = 0;
  for (const input of inputs()) {
    count++;
    const label = labelFor(input);
    const words = JSON.stringify({ ...input, label });
    if (label === undefined) continue;
    assert.ok(input.contents.includes(label), words);
    // A running pod may keep what it has: its Envoy has it in memory.
    if (label !== noop && label !== input.current) assert.ok(input.onNode.includes(label), words);
  }
  assert.equal(count, 5 * 3 * 2 * 8 * 4 * 2);
});

test("what is wanted and can be had is given", () => {
  for (const input of inputs()) {
    const { wanted, contents, onNode } = input;
    if (wanted === undefined || !contents.includes(wanted)) continue;
    if (wanted === noop || onNode.includes(wanted)) assert.equal(labelFor(input), wanted);
  }
});

test("only a fail-open filter lets a pod begin with content that does nothing, unless it lost by precedence", () => {
  for (const input of inputs()) {
    if (labelFor(input) !== noop || input.current === noop) continue;
    assert.ok(input.failOpen || input.wanted === noop, JSON.stringify(input));
  }
});

test("it is stable: asked again with its own answer, it says the same", () => {
  for (const input of inputs()) {
    const label = labelFor(input);
    assert.equal(labelFor({ ...input, current: label }), label, JSON.stringify({ ...input, label }));
  }
});

test("a new pod whose node lacks the new module gets the last good revision", () => {
  const served = () => true;
  const readable = (value: string) => value === "r-old";
  const input = { wanted: "r-new", lastGood: "r-old", served, readable, failOpen: true };
  assert.equal(labelFor({ ...input, current: undefined }), "r-old");
  assert.equal(labelFor({ ...input, current: undefined, lastGood: undefined, failOpen: false }), undefined);
});

function subsets<T>(items: readonly T[]): T[][] {
  const found: T[][] = [[]];
  for (const item of items) found.push(...found.map((each) => [...each, item]));
  return found;
}
