import assert from "node:assert/strict";
import { watch } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "./filter-folder.js";
import { runCli } from "./run-cli.js";

/** Resolves when something appears in a folder. */
function changed(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, () => {
      watcher.close();
      resolve();
    });
  });
}

for (const name of ["SIGINT", "SIGTERM"] as const) {
  test(`${name} in the middle leaves nothing behind`, async (t) => {
    const folder = await temporaryFolder(t);
    // As soon as the temporary folder is there, and while npm is writing into it.
    for (const millis of [0, 300]) {
      const when = changed(folder).then(() => sleep(millis));
      const ended = await runCli(["init", join(folder, "made")], { signal: { name, when } });
      assert.equal(ended.signal, name, ended.all);
      assert.deepEqual(await readdir(folder), [], ended.all);
    }
  });
}

test("an empty folder that was there stays, and empty", async (t) => {
  const folder = join(await temporaryFolder(t), "made");
  await mkdir(folder);
  const ended = await runCli(["init", folder], { signal: { name: "SIGINT", when: changed(folder) } });
  assert.equal(ended.signal, "SIGINT", ended.all);
  assert.deepEqual(await readdir(folder), [], ended.all);
});
