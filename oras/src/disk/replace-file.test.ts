import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withTempFolder } from "../testing/temp-folder.js";
import { isHalfWritten, replaceFile } from "./replace-file.js";

test("a file has its old content or the new; what is half-written is told by its name, and leaves nothing", () =>
  withTempFolder(async (folder) => {
    const path = join(folder, "a.json");
    writeFileSync(path, "old");
    const fails = replaceFile(path, async (file) => {
      await file.writeFile("ne");
      assert.equal(readFileSync(path, "utf8"), "old");
      assert.deepEqual(readdirSync(folder).map(isHalfWritten).sort(), [false, true]);
      throw new Error("no more");
    });
    await assert.rejects(fails, { message: "no more" });
    assert.deepEqual(readdirSync(folder), ["a.json"]);
    await replaceFile(path, (file) => file.writeFile("new"), { mode: 0o600 });
    assert.deepEqual([readFileSync(path, "utf8"), statSync(path).mode & 0o777], ["new", 0o600]);
    assert.deepEqual(readdirSync(folder), ["a.json"]);
  }));

test("other names are somebody's files", () => {
  for (const name of [
    "a.tmp",
    ".tmp",
    ".0123456789abcdef",
    ".0123456789abcdeg.tmp",
    "x.0123456789abcdef.tmp",
  ]) {
    assert.ok(!isHalfWritten(name), name);
  }
});
