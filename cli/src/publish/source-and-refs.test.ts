import assert from "node:assert/strict";
import { test } from "node:test";
import { splitSource } from "./source-and-refs.js";

const ref = "registry.example.com/a:1";
const folder = import.meta.dirname;
const file = import.meta.filename;

test("the first word is the source when it is there, else all are references", async () => {
  assert.deepEqual(await splitSource([ref]), { source: { kind: "folder", path: "." }, refs: [ref] });
  assert.deepEqual(await splitSource([folder, ref]), {
    source: { kind: "folder", path: folder },
    refs: [ref],
  });
  assert.deepEqual(await splitSource([file, ref, ref]), {
    source: { kind: "module", path: file },
    refs: [ref, ref],
  });
});

const faults: [words: string[], code: string, message: RegExp][] = [
  [[folder], "USAGE", /no reference was given/],
  [["./none", ref], "FILE_NOT_FOUND", /no file or folder \.\/none/],
  [["none.wasm", ref], "FILE_NOT_FOUND", /none\.wasm/],
  [["none", ref], "REFERENCE_INVALID", /names no registry host/],
  [[folder, ref, "registry.example.com/A"], "REFERENCE_INVALID", /upper-case letter/],
];

for (const [words, code, message] of faults) {
  test(`${words.join(" ").replace(folder, "FOLDER")} is refused`, async () => {
    await assert.rejects(splitSource(words), { code, exitCode: 2, message });
  });
}
