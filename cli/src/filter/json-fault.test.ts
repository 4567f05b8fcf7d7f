import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonFault } from "./json-fault.js";

const cases: [text: string, position: number | undefined][] = [
  ['{"a": [1, true, null, "x\\n"]}', undefined],
  ["", 0],
  ["  \n", 0],
  ["{", 1],
  ['{"a": 1\n\n', 7],
  ['{"a": 1,}', 8],
  ['{"a": }', 6],
  ["[1 2]", 3],
  ["{a: 1}", 1],
  ["{'a': 1}", 1],
  ['["x', 3],
  ['["x\ny"]', 3],
  ['["\\q"]', 3],
  ["[tru]", 4],
  ["[-]", 2],
  ["[1.]", 3],
  ["[1] x", 4],
  ["// no\n{}", 0],
  [`{"long": "${"x".repeat(200)}", oops}`, 213],
];

for (const [text, position] of cases) {
  test(`${JSON.stringify(text).slice(0, 40)}: ${position === undefined ? "JSON" : `wrong at ${position}`}`, () => {
    const fault = jsonFault(text);
    assert.equal(fault?.position, position, fault?.words);
    assert.doesNotMatch(fault?.words ?? "fine", /\n|position/);
  });
}
