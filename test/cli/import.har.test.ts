import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { ImportDocument } from "../../cli/src/import/import-cases.js";
import { filterFolder } from "./filter-folder.js";
import { assertFailed, runCli, runJson } from "./run-cli.js";

const har = {
  log: {
    version: "1.2",
    entries: [
      {
        request: {
          method: "GET",
          url: "https://shop.example.com/items?token=t0ken-value",
          headers: [{ name: "Authorization", value: "Bearer s3cr3t-value" }],
        },
        response: {
          status: 200,
          headers: [{ name: "Content-Type", value: "text/plain" }],
          content: { size: 15, mimeType: "text/plain", text: "for t0ken-value" },
        },
      },
      { request: { method: "GET", url: "https://shop.example.com/blocked" }, response: { status: 0 } },
    ],
  },
};

test("a HAR file becomes cases on which meshwasm test passes, with what the filter makes of them", async (t) => {
  const folder = await filterFolder(t, { files: { "assembly/__tests__": null, test: null } });
  const file = join(folder, "session.har");
  await writeFile(file, JSON.stringify(har));
  const args = ["import", file, "--filter", ".", "--mask", "Token"];
  const { files, skipped } = await runJson<ImportDocument>(args, { cwd: folder });
  assert.deepEqual(files, [join(folder, "test", "imported", "0001-get-items.yaml")]);
  assert.deepEqual(
    skipped.map(({ exchange, reason }) => [exchange, reason]),
    [["GET /blocked", "it has no response"]],
  );
  const text = await readFile(files[0] as string, "utf8");
  assert.match(text, /x-hello: world/);
  assert.doesNotMatch(text, /t0ken|s3cr3t/);
  const summary = await runJson<{ cases: { passed: number } }>(["test", folder, "--quiet"]);
  assert.equal(summary.cases.passed, 1);
});

test("what is no such file is a bad input file", async (t) => {
  const folder = await filterFolder(t, { installed: false });
  const file = join(folder, "filter.yaml");
  assertFailed(await runCli(["import", file]), { code: 2, message: /filter\.yaml:1:2: not JSON/ });
  assertFailed(await runCli(["import"]), { code: 2, message: /missing required argument/ });
});
