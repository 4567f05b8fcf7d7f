import assert from "node:assert/strict";
import { test } from "node:test";
import type { TextTest } from "./cases.js";
import { failsText } from "./text-test.js";

const rows: [test: TextTest, actual: string | null, words: RegExp | undefined][] = [
  ["a", "a", undefined],
  ["a", "b", /should be "a", is "b"/],
  ["a", null, /should be "a", is absent/],
  [7, "7", undefined],
  [true, "true", undefined],
  [null, null, undefined],
  [null, "", /should be absent, is ""/],
  [{ present: true }, "", undefined],
  [{ present: true }, null, /should be there, is absent/],
  [{ present: false }, "x", /should be absent, is "x"/],
  [{ contains: "b" }, "abc", undefined],
  [{ contains: "z" }, "abc", /should contain "z", is "abc"/],
  [{ contains: "z" }, null, /should be there/],
  [{ matches: "^a.c$" }, "abc", undefined],
  [{ matches: "^c" }, "abc", /should match \/\^c\/, is "abc"/],
  [{ json: { a: [1] } }, '{ "a": [1] }', undefined],
  [{ json: { a: 1 } }, '{"a":2}', /should be \{"a":1\}, is \{"a":2\}/],
  [{ json: {} }, "nothing", /should be JSON, is "nothing"/],
  ["a", "x".repeat(500), /x… \(500 characters\)$/],
];

for (const [expected, actual, words] of rows) {
  test(`${JSON.stringify(expected)} against ${actual === null ? "nothing" : actual.slice(0, 20)}`, () => {
    const failure = failsText(expected, actual);
    if (words === undefined) assert.equal(failure, undefined);
    else assert.match(failure ?? "passed", words);
  });
}
