import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeJson } from "../json.js";
import { readLockFile } from "./lock-file.js";

const workspace = {
  lockfileVersion: 3,
  packages: {
    "": { name: "filters", workspaces: ["hello"] },
    hello: {
      name: "@acme/hello",
      version: "1.2.3",
      license: "MIT",
      dependencies: { sdk: "1", shared: "*" },
      devDependencies: { compiler: "1" },
      peerDependencies: { host: "1" },
      optionalDependencies: { "not-here": "1" },
    },
    "node_modules/hello": { resolved: "hello", link: true },
    "node_modules/sdk": {
      version: "1.0.1",
      integrity: "sha512-AAAA",
      license: "ISC",
      dependencies: { json: "2" },
      devDependencies: { unwanted: "1" },
    },
    "node_modules/sdk/node_modules/json": { version: "2.0.0", dependencies: { sdk: "1" } },
    "node_modules/json": { version: "1.0.0" },
    "node_modules/host": { version: "3.0.0", peer: true },
    "node_modules/compiler": { version: "0.1.0", dev: true },
    "node_modules/unwanted": { version: "1.0.0", dev: true },
    "node_modules/shared": { resolved: "packages/shared", link: true },
    "packages/shared": { version: "0.0.1" },
    "node_modules/other": { name: "@acme/renamed", version: "9.0.0" },
  },
};

test("the package comes first, then what it needs, the nearest of each name, sorted", () => {
  const found = readLockFile(encodeJson(workspace), "hello");
  assert.deepEqual(
    found.map(({ path, name, version, isDevelopment }) => [path, name, version, isDevelopment]),
    [
      ["hello", "@acme/hello", "1.2.3", false],
      ["node_modules/compiler", "compiler", "0.1.0", true],
      ["node_modules/host", "host", "3.0.0", false],
      ["node_modules/sdk", "sdk", "1.0.1", false],
      ["node_modules/sdk/node_modules/json", "json", "2.0.0", false],
      ["packages/shared", "shared", "0.0.1", false],
    ],
  );
  assert.deepEqual(found[0]?.needs, [
    "node_modules/compiler",
    "node_modules/host",
    "node_modules/sdk",
    "packages/shared",
  ]);
  // A ring ends.
  assert.deepEqual(found[4]?.needs, ["node_modules/sdk"]);
  assert.deepEqual([found[3]?.integrity, found[3]?.license], ["sha512-AAAA", "ISC"]);
});

test("a package that was installed under another name keeps its own", () => {
  const packages = {
    "": { dependencies: { other: "1" } },
    "node_modules/other": workspace.packages["node_modules/other"],
  };
  const found = readLockFile(encodeJson({ lockfileVersion: 2, packages }));
  assert.deepEqual(
    found.map(({ name }) => name),
    ["root", "@acme/renamed"],
  );
});

test("what is no lock file is refused by name", async (t) => {
  const packages = { "": {} };
  const table: [string, object | string, RegExp, RegExp?][] = [
    ["no JSON", "lock", /lock file/],
    ["a list", [], /lock file/],
    ["version 1", { lockfileVersion: 1, dependencies: {} }, /has the version 1/, /npm 7/],
    ["no version", { packages }, /has the version undefined/],
    ["no packages", { lockfileVersion: 3 }, /has no packages/],
    ["packages that are none", { lockfileVersion: 3, packages: "x" }, /has no packages/],
    ["a package that is none", { lockfileVersion: 3, packages: { a: 1 } }, /no package under a/],
    ["another folder", { lockfileVersion: 3, packages }, /no package in "hello"/, /npm install/],
    [
      "50,001 packages",
      { lockfileVersion: 3, packages: Object.fromEntries(Array.from({ length: 50_001 }, (_, i) => [i, {}])) },
      /has 50001 packages/,
    ],
  ];
  for (const [name, content, message, hint] of table) {
    await t.test(name, () => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : encodeJson(content);
      assert.throws(() => readLockFile(bytes, "hello"), {
        name: "MeshwasmError",
        code: "LOCK_FILE_INVALID",
        exitCode: 2,
        message,
        ...(hint ? { hint } : {}),
      });
    });
  }
});

test("names that are members of every object are packages like others", () => {
  const packages = JSON.parse(
    '{"": {"dependencies": {"__proto__": "1", "constructor": "1"}}, "node_modules/constructor": {"version": "1.0.0"}}',
  );
  const found = readLockFile(encodeJson({ lockfileVersion: 3, packages }));
  assert.deepEqual(
    found.map(({ name }) => name),
    ["root", "constructor"],
  );
});
