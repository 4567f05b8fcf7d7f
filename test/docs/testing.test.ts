import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { filterFolder } from "../cli/filter-folder.js";
import { root, runCli } from "../cli/run-cli.js";

const page = await readFile(join(root, "cli", "docs", "testing.md"), "utf8");

/** The blocks of the page that are marked `ts runnable`: whole test files. */
const blocks = [...page.matchAll(/^```ts runnable\n(.*?)^```$/gms)].map(([, block = ""]) => block);

test("what the page shows as a host test passes in the example filter's folder", async (t) => {
  assert.ok(blocks.length > 0);
  const files = blocks.map((block, index) => [`test/page-${index}.test.ts`, block]);
  const folder = await filterFolder(t, {
    files: { "assembly/__tests__": null, test: null, ...Object.fromEntries(files) },
  });
  const ended = await runCli(["test", folder, "--json"]);
  assert.equal(ended.code, 0, ended.all);
  const { hostTests } = JSON.parse(ended.stdout) as { hostTests: { files: number; passed: number } };
  const shown = blocks.join("").match(/^test\(/gm)?.length;
  assert.deepEqual([hostTests.files, hostTests.passed], [blocks.length, shown], ended.all);
});
