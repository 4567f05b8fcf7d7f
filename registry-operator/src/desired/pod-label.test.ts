import assert from "node:assert/strict";
import { test } from "node:test";
import { noop } from "../api/names.js";
import { type LabelInput, labelFor } from "./pod-label.js";

const values = [undefined, noop, "r-old", "r-new", "r-stray"];

/** What an Envoy has, and what is known of the revision. */
const envoys = subsets(["proven", "took", "waits"] as const).map((facts) => ({
  proven: facts.includes("proven"),
  took: facts.includes("took"),
  waits: facts.includes("waits"),
}));
const known = { proven: true, took: true, waits: false };

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
              const input = { current, wanted, lastGood, served, readable, failOpen, contents, onNode };
              for (const envoy of envoys) yield { ...input, ...envoy };
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
  assert.equal(count, 5 * 3 * 2 * 8 * 4 * 2 * 8);
});

test("what is wanted and can be had is given, when it is known to be taken or its refusal does no harm", () => {
  for (const input of inputs()) {
    const { wanted, contents, onNode, proven, took } = input;
    if (wanted === undefined || !contents.includes(wanted) || !(proven || took)) continue;
    if (wanted === noop || onNode.includes(wanted)) assert.equal(labelFor(input), wanted);
  }
});

test("only a fail-open filter, one that loses by precedence, or one that never ran begins with doing nothing", () => {
  for (const input of inputs()) {
    if (labelFor(input) !== noop || input.current === noop) continue;
    assert.ok(input.failOpen || input.wanted === noop || !input.lastGood, JSON.stringify(input));
  }
});

test("what may be refused is no Envoy's first content, unless there is nothing else", () => {
  const served = () => true;
  const input = { current: undefined, wanted: "r-new", served, readable: served, failOpen: false };
  const unknown = { ...input, lastGood: undefined, proven: false, took: false, waits: false };
  assert.equal(labelFor({ ...unknown, lastGood: "r-old" }), "r-old");
  assert.equal(labelFor({ ...unknown, lastGood: "r-old", current: "r-old" }), "r-old", "not yet taken");
  assert.equal(labelFor({ ...unknown, lastGood: "r-old", current: "r-old", took: true }), "r-new");
  assert.equal(labelFor({ ...unknown, lastGood: "r-gone", served: (value) => value !== "r-gone" }), "r-new");
  assert.equal(labelFor(unknown), noop, "as without the filter");
  assert.equal(labelFor({ ...unknown, current: noop }), noop);
  const others = { ...unknown, waits: true };
  assert.equal(labelFor(others), undefined, "another one begins");
  assert.equal(labelFor({ ...others, current: noop }), noop, "it has begun");
  assert.equal(labelFor({ ...others, proven: true }), "r-new");
  assert.equal(labelFor({ ...unknown, current: noop, took: true }), "r-new");
  assert.equal(labelFor({ ...unknown, proven: true }), "r-new");
  assert.equal(labelFor({ ...unknown, failOpen: true }), "r-new", "its slot has a default");
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
  const input = { wanted: "r-new", lastGood: "r-old", served, readable, failOpen: true, ...known };
  assert.equal(labelFor({ ...input, current: undefined }), "r-old");
  assert.equal(labelFor({ ...input, current: undefined, lastGood: undefined, failOpen: false }), undefined);
});

function subsets<T>(items: readonly T[]): T[][] {
  const found: T[][] = [[]];
  for (const item of items) found.push(...found.map((each) => [...each, item]));
  return found;
}
