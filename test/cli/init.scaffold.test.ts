import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "./filter-folder.js";
import { assertFailed, type ErrorDocument, runCli, runJson } from "./run-cli.js";

interface InitDocument {
  name: string;
  kind: string;
  dir: string;
  files: string[];
}

const files = [
  ".gitignore",
  ".npmrc",
  "README.md",
  "asconfig.json",
  "assembly/__tests__/filter.spec.ts",
  "assembly/config.ts",
  "assembly/index.ts",
  "assembly/tsconfig.json",
  "config.schema.json",
  "filter.yaml",
  "package.json",
  "test/filter.test.ts",
  "test/filter.yaml",
  "tsconfig.json",
];
const version = JSON.parse(
  await readFile(new URL("../../cli/package.json", import.meta.url), "utf8"),
).version;
const vendored = ["cli", "oras", "sdk"].map((name) => `vendor/meshwasm-${name}-${version}.tgz`);

for (const kind of ["http", "network"]) {
  test(`a ${kind} filter: the document and the files`, async (t) => {
    const folder = await temporaryFolder(t);
    const made = await runJson<InitDocument>(["init", "sub/my-filter", "--kind", kind], { cwd: folder });
    const dir = join(folder, "sub", "my-filter");
    assert.deepEqual(made, { name: "my-filter", kind, dir, files: [...files, ...vendored] });
    assert.deepEqual(await readdir(join(folder, "sub")), ["my-filter"]);
    for (const file of made.files) {
      const text = await readFile(join(dir, file), "utf8");
      if (!file.endsWith(".tgz")) assert.doesNotMatch(text, /\{\{/, `${file} has a placeholder left`);
    }
    const manifest = JSON.parse(await readFile(join(dir, "package.json"), "utf8")) as Record<
      string,
      Record<string, string>
    >;
    const specs = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const [name, spec] of Object.entries(specs)) {
      assert.match(spec, name.startsWith("@meshwasm/") ? /^file:vendor\/.*\.tgz$/ : /^\d+\.\d+\.\d+$/, name);
    }
    assert.equal(manifest.overrides?.assemblyscript, "$assemblyscript");
  });
}

test("an empty folder, this one too, is filled and stays the same folder", async (t) => {
  const folder = join(await temporaryFolder(t), "here");
  await mkdir(folder);
  const before = (await stat(folder)).ino;
  const ended = await runCli(["init", ".", "--name", "greeter"], { cwd: folder });
  assert.equal(ended.code, 0, ended.all);
  assert.equal(ended.stderr, "", ended.all);
  assert.match(ended.stdout, /made .*here\n/, ended.all);
  assert.equal((await stat(folder)).ino, before, "a shell that stands in it still stands in it");
  assert.deepEqual(
    (await readdir(folder)).sort(),
    [...new Set([...files, "vendor"].map((file) => file.split("/")[0]))].sort(),
  );
  assert.match(await readFile(join(folder, "filter.yaml"), "utf8"), /^name: greeter$/m);
});

test("a folder that holds something is refused and left as it is", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "mine"), "precious");
  assertFailed(await runCli(["init", folder, "--name", "a"]), {
    code: 2,
    message: /is not empty/,
    hint: /name a new folder/,
  });
  assert.deepEqual(await readdir(folder), ["mine"]);
  assert.equal(await readFile(join(folder, "mine"), "utf8"), "precious");
});

test("a file in the way is refused", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "mine");
  await writeFile(file, "precious");
  for (const path of [file, join(file, "below")]) {
    assertFailed(await runCli(["init", path, "--name", "a"]), {
      code: 2,
      message: /mine.* is a file, or stands behind one/,
    });
  }
  assert.deepEqual(await readdir(folder), ["mine"]);
});

test("a name that is none is refused before anything is made", async (t) => {
  const folder = await temporaryFolder(t);
  const names = ["Upper", "with space", "-a", "a-", "größe", "a".repeat(64), "a/b", ""];
  for (const name of names) {
    const { error } = await runJson<ErrorDocument>(["init", join(folder, "x"), `--name=${name}`], {
      code: 2,
    });
    assert.equal(error.code, "USAGE", name);
    assert.match(error.message, /is no name for a filter/, name);
  }
  assertFailed(await runCli(["init", join(folder, "My Filter")]), {
    code: 2,
    message: /'My Filter' is no name for a filter/,
    hint: /--name/,
  });
  assert.deepEqual(await readdir(folder), []);
});

test("a kind that is none is refused", async () => {
  assertFailed(await runCli(["init", "x", "--kind", "tcp"]), {
    code: 2,
    message: /Allowed choices are http, network/,
  });
});
