import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { withinCpuTime } from "./within-cpu-time.js";

const timeout = { code: "ERR_SCRIPT_EXECUTION_TIMEOUT" };

test("work that ends gives its answer, and its error", () => {
  assert.equal(
    withinCpuTime(1000, () => 7),
    7,
  );
  assert.throws(
    () =>
      withinCpuTime(1000, () => {
        throw new Error("its own");
      }),
    /its own/,
  );
});

test("work that uses the CPU for ever is ended", () => {
  const endless = () => {
    for (;;);
  };
  assert.throws(() => withinCpuTime(200, endless), timeout);
});

test("work that did not get the CPU begins again", () => {
  let begun = 0;
  const wait = () => {
    if (++begun === 1) execFileSync("sleep", ["1"]);
    return "done";
  };
  assert.equal(withinCpuTime(600, wait), "done");
  assert.equal(begun, 2);
});
