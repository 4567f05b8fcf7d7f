import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "./filter-folder.js";
import { root } from "./run-cli.js";

interface Manifest {
  name: string;
  version: string;
  devDependencies: Record<string, string>;
}

/** A registry for @meshwasm/ that has nothing, and remembers what it was asked. */
async function recordingRegistry(t: TestContext): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

/** Runs a command in a folder as a person's shell would; an error with everything printed when it fails. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  // Of the npm that runs these tests nothing may come through: it has its own folder and settings.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|NODE_TEST_CONTEXT$|INIT_CWD$)/i.test(name),
  );
  const child = spawn(command, args, {
    cwd,
    env: Object.fromEntries(inherited),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  assert.equal(code, 0, `${command} ${args.join(" ")}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);
  return stdout.trim();
}

const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8")) as Manifest;

test("the packed CLI makes filters that install, build and pass, and nobody asks for @meshwasm/", async (t) => {
  const declarations = join(root, "sdk", "dist", "host", "index.d.ts");
  assert.ok(existsSync(declarations), "the packages have no declarations: node scripts/build.mjs --types");
  const registry = await recordingRegistry(t);
  const install = [
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    `--@meshwasm:registry=${registry.url}`,
  ];
  const outside = join(await temporaryFolder(t), "an empty folder");
  const tarballs = join(outside, "tarballs");
  await mkdir(tarballs, { recursive: true });

  await t.test("pack and install", async () => {
    const folders = ["sdk", "oras", "cli"];
    const paths = folders.map((name) => join(root, name));
    await run(tarballs, "npm", "pack", "--ignore-scripts", "--pack-destination", tarballs, ...paths);
    const manifests = await Promise.all(paths.map((path) => readJson(join(path, "package.json"))));
    const specs = manifests.map(({ name, version }) => [
      name,
      `file:tarballs/meshwasm-${name.split("/")[1]}-${version}.tgz`,
    ]);
    const { devDependencies } = await readJson(join(root, "package.json"));
    const manifest = {
      private: true,
      dependencies: { ...Object.fromEntries(specs), assemblyscript: devDependencies.assemblyscript },
      overrides: {
        ...Object.fromEntries(manifests.map(({ name }) => [name, `$${name}`])),
        assemblyscript: "$assemblyscript",
      },
    };
    await writeFile(join(outside, "package.json"), JSON.stringify(manifest));
    await run(outside, "npm", ...install);
    assert.equal(await run(outside, "npx", "meshwasm", "--version"), manifests[2]?.version);
  });

  for (const kind of ["http", "network"]) {
    await t.test(`a ${kind} filter`, async () => {
      const folder = join(outside, `my-${kind}`);
      await run(outside, "npx", "meshwasm", "init", `my-${kind}`, "--kind", kind);
      await run(folder, "npm", ...install);
      const installed = await readdir(join(folder, "node_modules", "@meshwasm"));
      assert.deepEqual(installed.sort(), ["cli", "oras", "sdk"]);

      const pinned = (await readJson(join(folder, "package.json"))).devDependencies.assemblyscript;
      assert.equal(await run(folder, "npx", "asc", "--version"), `Version ${pinned}`);
      const module = join(folder, "build", "filter.wasm");
      await run(folder, "npx", "asc");
      const plain = await readFile(module);
      const built = JSON.parse(await run(folder, "npx", "meshwasm", "build", "--json")) as {
        name: string;
        abi: string;
      };
      assert.deepEqual([built.name, built.abi], [`my-${kind}`, "0.2.1"]);
      assert.deepEqual(await readFile(module), plain, "asc and meshwasm build write the same bytes");
      const tested = JSON.parse(await run(folder, "npx", "meshwasm", "test", "--coverage", "--json")) as {
        [kind in "specs" | "cases" | "hostTests"]: { passed: number };
      } & { coverage: { lines: { percent: number } } };
      const { specs, cases, hostTests, coverage } = tested;
      const passed = [specs, cases, hostTests].map((each) => each.passed);
      assert.ok(Math.min(...passed) > 0 && coverage.lines.percent === 100, JSON.stringify(tested));
      await run(folder, "npx", "tsc", "-p", "assembly", "--noEmit");
      await run(folder, "npx", "tsc", "-p", ".");
    });
  }
  assert.deepEqual(registry.requests, [], "@meshwasm/ was looked up");
});
