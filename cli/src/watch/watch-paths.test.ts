import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { watchPaths } from "./watch-paths.js";

test("what is not there yet is followed from the moment in which the watch is in place", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "meshwasm-watch-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (let round = 0; round < 20; round++) {
    const folder = join(dir, String(round));
    await mkdir(join(folder, "assembly"), { recursive: true });
    const paths = [join(folder, "assembly"), join(folder, "config.json"), join(folder, "test")];
    const seen = new Set<string>();
    const watching = await watchPaths(paths, async (changed) => {
      for (const path of changed) seen.add(path);
    });
    try {
      const until = async (path: string) => {
        for (let left = 300; !seen.has(path); left--) {
          assert.ok(left > 0, `round ${round}: ${path} was not seen; seen: ${[...seen].join()}`);
          await sleep(10);
        }
      };
      // At once, with no turn of the event loop between.
      writeFileSync(paths[1]!, "{}");
      await writeFile(join(folder, "other.json"), "{}");
      await mkdir(paths[2]!);
      await until(paths[1]!);
      await until(paths[2]!);
      await writeFile(join(paths[2]!, "a.test.ts"), "");
      await until(join(paths[2]!, "a.test.ts"));
      seen.clear();
      await writeFile(paths[1]!, '{"a":1}');
      await until(paths[1]!);
      assert.ok(![...seen].some((path) => path.endsWith("other.json")));
    } finally {
      await watching.close();
    }
  }
});
