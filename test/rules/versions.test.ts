import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import semver from "semver";
import { supportedCompilers } from "../../cli/src/build/compiler.js";
import { envoyVersion } from "../../cli/src/envoy/wheel.js";
import { root } from "./workspaces.js";

const json = async (path: string) => JSON.parse(await readFile(join(root, path), "utf8"));

test("the set-up scripts install the Envoy that the CLI looks for", async () => {
  const script = await readFile(join(root, "scripts/setup/envoy.mjs"), "utf8");
  assert.match(script, new RegExp(`envoyVersion = "${envoyVersion.replaceAll(".", "\\.")}"`));
});

test("scaffolds pin the compiler and the tools that this checkout is tested with", async () => {
  const { devDependencies, overrides } = await json("package.json");
  const template = await readFile(join(root, "cli/templates/common/_package.json"), "utf8");
  for (const name of ["assemblyscript", "typescript", "@types/node"]) {
    assert.ok(template.includes(`"${name}": "${devDependencies[name]}"`), `${name} ${devDependencies[name]}`);
  }
  const cli = await json("cli/package.json");
  assert.equal(cli.dependencies.assemblyscript, devDependencies.assemblyscript);
  assert.equal(cli.dependencies["@assemblyscript/loader"], overrides["@assemblyscript/loader"]);
});

test("the supported range of compilers goes from the pinned one to the newest tested one", async () => {
  const { devDependencies } = await json("package.json");
  const newest = devDependencies["assemblyscript-newest"].replace("npm:assemblyscript@", "");
  assert.equal(semver.minVersion(supportedCompilers)?.version, devDependencies.assemblyscript);
  assert.ok(semver.satisfies(newest, supportedCompilers));
});

test("our packages have one version", async () => {
  const versions = await Promise.all(
    ["", "sdk/", "oras/", "cli/", "registry-operator/"].map(
      async (dir) => (await json(`${dir}package.json`)).version,
    ),
  );
  assert.equal(new Set(versions).size, 1, versions.join(" "));
});
