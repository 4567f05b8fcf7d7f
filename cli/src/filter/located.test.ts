import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLocated, parseLocatedJson } from "./located.js";

test("values have places; one that is not there has that of what is around it", () => {
  const { value, place } = parseLocated("a: 1\nlist:\n  - x\n  - {deep: true}\n", "f.yaml");
  assert.deepEqual(value, { a: 1, list: ["x", { deep: true }] });
  assert.equal(place(["list", 1, "deep"]), "f.yaml:4:12");
  assert.equal(place(["list", 1, "none"]), "f.yaml:4:5");
  assert.equal(place(["none"]), "f.yaml:1:1");
});

const faults: [text: string, message: RegExp][] = [
  ["a: [1\n", /^f:\d:\d+: /],
  ["a: 1\na: 2\n", /^f:2:1: Map keys must be unique/],
  ["a: 1\n---\nb: 2\n", /^f:[23]:\d: /],
  ["a: *none\n", /^f:1:1: Unresolved alias/],
  [bomb(), /^f:1:1: Excessive alias count/],
];

for (const [text, message] of faults) {
  test(`${JSON.stringify(text.slice(0, 30))} is refused with its place`, () => {
    assert.throws(() => parseLocated(text, "f"), { code: "FILTER_INVALID", exitCode: 2, message });
  });
}

test("JSON is JSON only", () => {
  assert.equal(parseLocatedJson('{\n"a": 1}', "f").place(["a"]), "f:2:6");
  assert.throws(() => parseLocatedJson("a: 1\n", "f"), { message: /^f:1:1: not JSON: / });
});

/** A text of a few lines that would be a list of a billion. */
function bomb(): string {
  const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [before, name] of ["ab", "bc", "cd", "de", "ef"].map((pair) => [...pair])) {
    lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`);
  }
  return lines.join("\n");
}
