import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { filterFolder } from "./filter-folder.js";
import { runCli } from "./run-cli.js";

/** What stands under the module's name before a build. */
const old = "the old module";

for (const name of ["SIGINT", "SIGKILL"] as const) {
  test(`${name} leaves the old module or the new one, whatever the moment`, async (t) => {
    const folder = await filterFolder(t);
    const build = join(folder, "build");
    await mkdir(build);
    for (const millis of [100, 900, 2000]) {
      await writeFile(join(build, "filter.wasm"), old);
      const ended = await runCli(["build", folder], { signal: { name, when: sleep(millis) } });
      const content = await readFile(join(build, "filter.wasm"));
      const isOld = content.toString() === old;
      if (ended.code === null) assert.equal(ended.signal, name, ended.all);
      else assert.equal(ended.code, 0, ended.all);
      assert.ok(
        isOld || WebAssembly.validate(content),
        `after ${millis} ms: neither old nor new\n${ended.all}`,
      );
      if (ended.code === 0) assert.ok(!isOld, "a build that ended well has written its module");
      const stray = (await readdir(build)).filter((file) => file !== "filter.wasm");
      // No process can answer SIGKILL; what it leaves has a dot in front, and no build takes it for a module.
      assert.ok(
        name === "SIGKILL" ? stray.every((file) => file.startsWith(".")) : stray.length === 0,
        stray.join(", "),
      );
    }
  });
}
