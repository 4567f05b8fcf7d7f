import assert from "node:assert/strict";
import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withTempFolder } from "../testing/temp-folder.js";
import { withLock } from "./lock.js";

test("only one works at a time, and the lock is gone afterwards", () =>
  withTempFolder(async (folder) => {
    const lock = join(folder, "lock");
    let [inside, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(2);
      inside--;
    };
    await Promise.all(Array.from({ length: 10 }, () => withLock(lock, work)));
    await assert.rejects(
      withLock(lock, () => Promise.reject(new Error("mine"))),
      { message: "mine" },
    );
    assert.equal(most, 1);
    assert.deepEqual(readdirSync(folder), []);
  }));

test("a lock that is held for too long is named", () =>
  withTempFolder(async (folder) => {
    const lock = join(folder, "lock");
    await withLock(lock, async () => {
      const expected = { code: "FILE_FAILED", exitCode: 1, message: /held by another process for 50 ms/ };
      await assert.rejects(
        withLock(lock, async () => undefined, { waitMs: 50 }),
        expected,
      );
      assert.ok(existsSync(lock));
    });
  }));

test("another machine's lock counts until it is old", () =>
  withTempFolder(async (folder) => {
    const lock = join(folder, "lock");
    writeFileSync(lock, "1 x another-machine");
    const take = () => withLock(lock, async () => "done", { waitMs: 50 });
    await assert.rejects(take(), { code: "FILE_FAILED" });
    utimesSync(lock, new Date(0), new Date(0));
    assert.equal(await take(), "done");
  }));

test("a folder that is not there", async () => {
  const expected = { code: "FILE_FAILED", message: /cannot be written: it is not there/ };
  await assert.rejects(
    withLock("/nowhere/at/all/lock", async () => undefined),
    expected,
  );
});
