import assert from "node:assert/strict";
import { test } from "node:test";
import { unneededContents } from "./garbage.js";

test("what a pod carries, what is in force and what does nothing stay", () => {
  const contents = ["noop", "r-1", "r-2", "r-3", "r-4"].map((value) => ({
    name: value,
    value,
    moduleDigest: undefined,
    attempt: 1,
  }));
  const unneeded = unneededContents(contents, new Set(["r-1"]), new Set(["r-4", "r-3"]));
  assert.deepEqual(
    unneeded.map(({ value }) => value),
    ["r-2"],
  );
});
