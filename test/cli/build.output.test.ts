import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { filterFolder } from "./filter-folder.js";
import { root, runCli, runJson } from "./run-cli.js";

interface BuildDocument {
  wasm: string;
  bytes: number;
  sha256: string;
}

const keys = [
  "name",
  "version",
  "wasm",
  "bytes",
  "sha256",
  "abi",
  "exports",
  "imports",
  "minEnvoy",
  "millis",
];

test("the document, and the same bytes in two folders and from plain asc", async (t) => {
  const first = await filterFolder(t);
  const second = await filterFolder(t, { name: "a folder/größe 過濾" });
  const plain = await filterFolder(t, { name: "another/place" });

  const built = await runJson<BuildDocument & Record<string, unknown>>(["build", first]);
  assert.deepEqual(Object.keys(built), keys);
  assert.deepEqual([built.name, built.version, built.abi], ["hello", "0.1.0", "0.2.1"]);
  assert.equal(built.wasm, join(first, "build", "filter.wasm"));
  assert.ok((built.exports as string[]).includes("proxy_on_response_headers"), String(built.exports));
  assert.ok(
    !(built.exports as string[]).includes("proxy_on_request_headers"),
    "a callback that nobody overrides",
  );
  assert.ok(
    (built.imports as string[]).every((name) => name.startsWith("env.")),
    String(built.imports),
  );
  const wasm = await readFile(built.wasm);
  assert.equal(wasm.length, built.bytes);
  assert.equal(createHash("sha256").update(wasm).digest("hex"), built.sha256);
  assert.ok(wasm.length <= 16 * 1024, `the module has ${wasm.length} bytes, more than 16 KiB`);

  const again = await runCli(["build", "--json"], { cwd: second });
  assert.equal(again.code, 0, again.all);
  assert.equal(again.stderr, "", again.all);
  assert.equal(
    (JSON.parse(again.stdout) as BuildDocument).sha256,
    built.sha256,
    "two folders, the same bytes",
  );
  assert.deepEqual(await readdir(join(second, "build")), ["filter.wasm", "filter.wasm.map"]);

  const asc = join(root, "node_modules", "assemblyscript", "bin", "asc.js");
  const run = spawnSync(process.execPath, [asc], { cwd: plain, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(
    await readFile(join(plain, "build", "filter.wasm")),
    wasm,
    "plain asc writes the same bytes",
  );
});

test("-o names another file; --debug adds names and a source map that belongs to it", async (t) => {
  const folder = await filterFolder(t);
  const out = join(folder, "out", "hello.debug.wasm");
  const built = await runJson<BuildDocument>(["build", folder, "--debug", "-o", out]);
  assert.equal(built.wasm, out);
  assert.deepEqual(await readdir(join(folder, "out")), ["hello.debug.wasm", "hello.debug.wasm.map"]);
  assert.ok(!(await readdir(folder)).includes("build"), "nothing at the usual place");

  const map = JSON.parse(await readFile(`${out}.map`, "utf8")) as { sources: string[] };
  assert.ok(map.sources.includes("assembly/index.ts"), map.sources.join(", "));
  const module = await WebAssembly.compile(await readFile(out));
  const names = Buffer.concat(sections(module, "name")).toString("latin1");
  assert.ok(names.includes("assembly/index/greeted"), "the name section has the names of the filter");
  assert.match(Buffer.concat(sections(module, "sourceMappingURL")).toString(), /hello\.debug\.wasm\.map$/);
});

test("in words it is one line", async (t) => {
  const folder = await filterFolder(t);
  const { code, stdout, stderr, all } = await runCli(["build"], { cwd: folder });
  assert.equal(code, 0, all);
  assert.match(
    stdout,
    /^hello 0\.1\.0 → build\/filter\.wasm \(\d+ bytes, ABI 0\.2\.1, Envoy 1\.17\+, sha256 [0-9a-f]{64}, \d+ ms\)\n$/,
    all,
  );
  assert.equal(stderr, "", all);
});

test("an assemblyscript outside the range that the SDK is tested with gets a warning", async (t) => {
  const folder = await filterFolder(t, { installed: false });
  const modules = join(folder, "node_modules");
  const compiler = join(modules, "assemblyscript");
  await mkdir(compiler, { recursive: true });
  for (const name of ["@meshwasm", "binaryen", "long"]) {
    await symlink(join(root, "node_modules", name), join(modules, name));
  }
  const real = join(root, "node_modules", "assemblyscript");
  for (const part of ["dist", "lib", "std", "util"])
    await cp(join(real, part), join(compiler, part), { recursive: true });
  const manifest = JSON.parse(await readFile(join(real, "package.json"), "utf8")) as object;
  await writeFile(join(compiler, "package.json"), JSON.stringify({ ...manifest, version: "0.29.0" }));

  const ended = await runCli(["build", folder, "--quiet", "--json"]);
  assert.equal(ended.code, 0, ended.all);
  assert.match(
    ended.stderr,
    /^warning: assemblyscript 0\.29\.0 is outside >=0\.28\.14 <0\.29\.0, .*\n$/,
    ended.all,
  );

  await rm(join(compiler, "dist"), { recursive: true });
  const broken = await runCli(["build", folder]);
  assert.equal(broken.code, 2, broken.all);
  assert.match(
    broken.stderr,
    /is no compiler that works here\nhint: assemblyscript 0\.29\.0 is installed/,
    broken.all,
  );
});

function sections(module: WebAssembly.Module, name: string): Buffer[] {
  return WebAssembly.Module.customSections(module, name).map((bytes) => Buffer.from(bytes));
}
