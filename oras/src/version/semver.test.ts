import assert from "node:assert/strict";
import { test } from "node:test";
import { compareVersions, parseVersion } from "./semver.js";
import { semverTags } from "./semver-tags.js";
import { sortTags } from "./sort-tags.js";

// Section 11 of the specification, and the prerelease example in it.
const ascending = [
  "0.0.1",
  "0.9.9",
  "1.0.0-0",
  "1.0.0-1",
  "1.0.0-10",
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-beta",
  "1.0.0-beta.2",
  "1.0.0-beta.11",
  "1.0.0-rc.1",
  "1.0.0",
  "1.2.0",
  "1.10.0",
  "2.0.0",
  "9007199254740993.0.0",
  "9007199254740994.0.0",
];

test("precedence", () => {
  for (const [i, low] of ascending.entries()) {
    for (const [j, high] of ascending.entries()) {
      assert.equal(Math.sign(order(low, high)), Math.sign(i - j), `${low} and ${high}`);
    }
  }
  assert.equal(order("1.0.0+a", "1.0.0+b"), 0);
});

test("what is no version", () => {
  const wrong = ["", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b"];
  for (const text of [...wrong, "1.2.3+", "1.2.3 ", "1.2.x", "latest", `1.2.${"3".repeat(256)}`, "1.2.3-ä"]) {
    assert.equal(parseVersion(text), undefined, text);
  }
});

test("tags are sorted, the highest version first, then the others", () => {
  const tags = ["latest", "1.2", "1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0", "v3.0.0", "dev"];
  assert.deepEqual(sortTags(tags), [
    "2.0.0",
    "2.0.0-rc.1",
    "1.10.0",
    "1.9.0",
    "1.2",
    "dev",
    "latest",
    "v3.0.0",
  ]);
  assert.deepEqual(sortTags([]), []);
});

test("moving tags", () => {
  const table: [version: string, existing: string[], expected: string[]][] = [
    ["1.2.3", [], ["1.2", "1", "latest"]],
    ["1.2.3", ["1.2.3", "1.2", "1", "latest"], ["1.2", "1", "latest"]],
    ["1.2.4", ["1.3.0", "1.2.3"], ["1.2"]],
    ["1.3.0", ["2.0.0"], ["1.3", "1"]],
    ["1.2.2", ["1.2.3"], []],
    ["1.2.3", ["9.0.0-rc.1", "v9.0.0", "dev"], ["1.2", "1", "latest"]],
    ["0.1.0", [], ["0.1", "0", "latest"]],
    ["1.2.3-rc.1", [], []],
  ];
  for (const [version, existing, expected] of table) {
    assert.deepEqual(semverTags(version, existing), expected, `${version} beside ${existing}`);
  }
  for (const wrong of ["latest", "1.2", "1.2.3+build"]) {
    assert.throws(() => semverTags(wrong, []), { code: "INPUT_INVALID", exitCode: 2 });
  }
});

function order(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  assert.ok(left && right);
  return compareVersions(left, right);
}
