import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "./filter-folder.js";
import { runCli } from "./run-cli.js";

const heavy = [
  "assemblyscript",
  "binaryen",
  "ajv",
  "hpagent",
  "chokidar",
  "@as-pect",
  "yaml",
  "@meshwasm/sdk",
  "@meshwasm/oras",
];

/** Prints every module that is loaded, as URLs on stderr. */
const loader = `
import { register } from "node:module";
import Module from "node:module";
const hook = "export async function load(url, context, next) { process._rawDebug('loaded ' + url); return next(url, context); }";
register("data:text/javascript," + encodeURIComponent(hook));
const { _load } = Module;
Module._load = function (request, ...rest) { process._rawDebug("loaded " + request); return _load.call(this, request, ...rest); };
`;

for (const args of [["--version"], ["--help"], ["help", "push"]]) {
  test(`meshwasm ${args.join(" ")} loads no compiler, validator or network client`, async (t) => {
    const file = join(await temporaryFolder(t), "list-modules.mjs");
    await writeFile(file, loader);
    const ended = await runCli(args, { nodeArgs: ["--import", pathToFileURL(file).href] });
    assert.equal(ended.code, 0, ended.all);
    const loaded = [...ended.stderr.matchAll(/^loaded (.*)$/gm)].map(([, url]) => url ?? "");
    assert.ok(
      loaded.some((url) => url.endsWith("/dist/main.js")),
      "the hook sees what is loaded",
    );
    assert.ok(
      loaded.some((url) => url.includes("commander")),
      "the hook sees packages",
    );
    for (const name of heavy) {
      const found = loaded.filter((url) => url.includes(`/node_modules/${name}/`) || url === name);
      assert.deepEqual(found, [], `${name} is loaded`);
    }
    const workspaces = loaded.filter((url) => /\/(?:sdk|oras)\/dist\//.test(url));
    assert.deepEqual(workspaces, []);
  });
}
