import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./workspaces.js";

const lines = async (path: string) => (await readFile(join(root, path), "utf8")).trimEnd().split("\n").length;

test("the first example stays under 30 lines, every one under 100", async () => {
  assert.ok((await lines("examples/hello/assembly/index.ts")) < 30);
  for (const name of await readdir(join(root, "examples"))) {
    assert.ok((await lines(`examples/${name}/assembly/index.ts`)) < 100, name);
  }
});

test("every example has what a filter's folder has, and an envoy.yaml", async () => {
  for (const name of await readdir(join(root, "examples"))) {
    const files = await readdir(join(root, "examples", name));
    for (const file of [
      "README.md",
      "asconfig.json",
      "assembly",
      "envoy.yaml",
      "filter.yaml",
      "package.json",
      "test",
    ]) {
      assert.ok(files.includes(file), `examples/${name}/${file}`);
    }
  }
});
