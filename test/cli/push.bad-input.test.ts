import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startRegistry } from "@meshwasm/oras/registry";
import { freePort } from "./docker-registry.js";
import { temporaryFolder } from "./filter-folder.js";
import { assertFailed, runCli, runJson } from "./run-cli.js";

/** The smallest module: it exports nothing, and packs all the same. */
const emptyModule = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

const references: [reference: string, message: RegExp][] = [
  [
    "registry.example.com/Filters/hello:1",
    /repository 'Filters\/hello' has the upper-case letter 'F' at position 1/,
  ],
  ["registry.example.com/filters/hello:a b", /tag 'a b' has the character ' ' at position 2/],
  ["registry.example.com/filters/hello:", /the tag is empty/],
  ["registry.example.com/filters/hello@sha256:12", /digest 'sha256:12' /],
  ["registry.example.com:99999/hello:1", /port that is no number from 1 to 65535/],
  ["https://registry.example.com/hello:1", /starts with a scheme/],
  ["hello:1", /names no registry host/],
  ["registry.example.com/", /the repository is empty/],
];

for (const [reference, message] of references) {
  test(`the reference ${reference}: exit 2 with what is wrong in it`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "a.wasm"), emptyModule);
    const hint = /^hint: write HOST\/REPOSITORY:TAG/m;
    for (const args of [
      ["push", "a.wasm", reference],
      ["pull", reference],
      ["inspect", reference],
    ]) {
      assertFailed(await runCli(args, { cwd: folder }), { code: 2, message, hint });
    }
  });
}

test("a bad reference is found before anything is built or sent", async (t) => {
  const registry = await startRegistry();
  t.after(() => registry.close());
  const ended = await runCli(["push", "examples/hello", `${registry.host}/a:1`, `${registry.host}/B:1`]);
  assertFailed(ended, { code: 2, message: /repository 'B'/ });
  assert.equal(registry.requests.length, 0);
});

const usages: { args: string[]; message: RegExp; hint?: RegExp; stdin?: string }[] = [
  {
    args: ["push", "a.wasm"],
    message: /where to push a\.wasm\? no reference/,
    hint: /meshwasm push a\.wasm registry/,
  },
  { args: ["push", "./none", "localhost/a:1"], message: /there is no file or folder \.\/none/ },
  { args: ["push", "none.wasm", "localhost/a:1"], message: /there is no file or folder none\.wasm/ },
  { args: ["push", "text.wasm", "localhost/a:1"], message: /text\.wasm is no WebAssembly module/ },
  { args: ["push", "a.wasm", "localhost/a:1", "--annotation", "novalue"], message: /write it as key=value/ },
  {
    args: ["pull", "localhost/a:1", "--password-stdin"],
    message: /--username and --password-stdin belong together/,
  },
  {
    args: ["pull", "localhost/a:1", "--username", "me"],
    message: /--username and --password-stdin belong together/,
  },
  {
    args: ["pull", "localhost/a:1", "--username", "me", "--password-stdin"],
    message: /standard input held no password/,
  },
  {
    args: ["pull", "localhost/a:1", "--ca-file", "none.pem"],
    message: /CA file none\.pem cannot be read \(ENOENT\)/,
  },
  {
    args: ["pull", "localhost/a:1", "--ca-file", "text.wasm"],
    message: /CA file text\.wasm holds no PEM certificate/,
  },
  {
    args: ["inspect", "./none.wasm"],
    message: /there is no module \.\/none\.wasm/,
    hint: /name a \.wasm file/,
  },
  { args: ["inspect", "text.wasm"], message: /text\.wasm is no WebAssembly module/ },
  { args: ["inspect", "."], message: /there is no module \./ },
];

for (const { args, message, ...more } of usages) {
  test(`meshwasm ${args.join(" ")}: exit 2`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "a.wasm"), emptyModule);
    await writeFile(join(folder, "text.wasm"), "no module\n");
    assertFailed(await runCli(args, { cwd: folder }), { code: 2, message, ...more });
  });
}

test("pull into a place where something is in the way: exit 2, and it stays", async (t) => {
  const registry = await startRegistry();
  t.after(() => registry.close());
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "a.wasm"), emptyModule);
  await mkdir(join(folder, "taken", "plugin.wasm"), { recursive: true });
  const ref = `${registry.host}/a:1`;
  await runJson(["push", "a.wasm", ref], { cwd: folder });
  const onFile = await runCli(["pull", ref, "-o", "a.wasm"], { cwd: folder });
  assertFailed(onFile, { code: 2, message: /a\.wasm\/plugin\.wasm: a file is in the way of its folder/ });
  const onFolder = await runCli(["pull", ref, "-o", "taken"], { cwd: folder });
  assertFailed(onFolder, { code: 2, message: /taken\/plugin\.wasm is a folder, not a file/ });
});

test("nobody listens: exit 3 with host and cause", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "a.wasm"), emptyModule);
  const host = `127.0.0.1:${await freePort()}`;
  for (const args of [
    ["push", "a.wasm", `${host}/a:1`],
    ["pull", `${host}/a:1`],
    ["inspect", `${host}/a:1`],
  ]) {
    const ended = await runCli(args, { cwd: folder });
    assertFailed(ended, {
      code: 3,
      message: new RegExp(`registry ${host} refused the connection`),
      hint: /check host and port/,
    });
  }
});
