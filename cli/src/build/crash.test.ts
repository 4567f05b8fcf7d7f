import assert from "node:assert/strict";
import { test } from "node:test";
import { CompilerCrash, containCrash } from "./crash.js";

test("an end of the process is an error with what was printed, and both are as before afterwards", async () => {
  const before = [process.exit, console.error];
  const crashing = containCrash(async () => {
    console.error(
      "\x1b[91m▌ \x1b[0mWhoops\n▌ \n\x1b[91m▌ \x1b[0mRangeError: too deep\n▌     at f (asc.js:1:1)",
    );
    process.exit(1);
  });
  await assert.rejects(crashing, new CompilerCrash("Whoops\nRangeError: too deep\nat f (asc.js:1:1)"));
  assert.deepEqual([process.exit, console.error], before);
});

test("a result and an error of its own go through", async () => {
  assert.equal(await containCrash(async () => 7), 7);
  await assert.rejects(
    containCrash(async () => {
      throw new TypeError("mine");
    }),
    TypeError,
  );
});
