import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { writeFilesAtomic } from "./write-files.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "meshwasm-write-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("files are replaced, folders made, nothing else is left", async () => {
  await writeFile(join(folder, "a"), "old");
  await writeFilesAtomic(
    new Map([
      [join(folder, "a"), "new"],
      [join(folder, "b", "c"), "there"],
    ]),
  );
  assert.equal(await readFile(join(folder, "a"), "utf8"), "new");
  assert.equal(await readFile(join(folder, "b", "c"), "utf8"), "there");
  assert.deepEqual((await readdir(folder, { recursive: true })).sort(), ["a", "b", "b/c"]);
  assert.equal(process.listenerCount("SIGINT"), 0);
});

test("a folder in the way of the last leaves the first as it was", async () => {
  await writeFile(join(folder, "a"), "old");
  await mkdir(join(folder, "b"));
  const files = new Map([
    [join(folder, "a"), "new"],
    [join(folder, "b"), "new"],
  ]);
  await assert.rejects(writeFilesAtomic(files), {
    code: "FILE_EXISTS",
    exitCode: 2,
    message: /b is a folder/,
  });
  assert.equal(await readFile(join(folder, "a"), "utf8"), "old");
  assert.deepEqual((await readdir(folder)).sort(), ["a", "b"]);
  assert.equal(process.listenerCount("SIGINT"), 0);
});

test("a file in the way of a folder is said", async () => {
  await writeFile(join(folder, "a"), "old");
  const files = new Map([[join(folder, "a", "b"), "new"]]);
  await assert.rejects(writeFilesAtomic(files), {
    code: "FILE_EXISTS",
    message: /a\/b: a file is in the way/,
  });
});
