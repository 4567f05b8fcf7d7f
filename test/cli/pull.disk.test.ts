import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtemp, readdir, readFile, rmdir, stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf, packCompat, packOci, pull, push } from "@meshwasm/oras";
import { startRegistry } from "@meshwasm/oras/registry";
import { temporaryFolder } from "./filter-folder.js";
import { assertFailed, runCli } from "./run-cli.js";

/** Two modules of 3 MB that do not compress, and differ everywhere. */
const modules = [1, 2].map(() =>
  Buffer.concat([
    Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0x80, 0x80, 0x80, 1, 1, 0x78]),
    ...Array.from({ length: 48 }, () => crypto.getRandomValues(new Uint8Array(65_536))),
  ]),
);

async function registryWith(t: TestContext): Promise<string> {
  const registry = await startRegistry();
  t.after(() => registry.close());
  for (const [index, wasm] of modules.entries()) {
    const files = new Map([["filter.yaml", Buffer.from(`name: filter-${index}\n`)]]);
    await push(packCompat({ wasm, files }), [`${registry.host}/a:${index}`]);
  }
  return registry.host;
}

test("two pulls into one folder: every file is whole", async (t) => {
  const host = await registryWith(t);
  const folder = join(await temporaryFolder(t), "out");
  const ended = await Promise.all(
    [0, 1, 0, 1].map((tag) => runCli(["pull", `${host}/a:${tag}`, "-o", folder])),
  );
  for (const each of ended) assert.equal(each.code, 0, each.all);
  assert.deepEqual((await readdir(folder)).sort(), ["filter.yaml", "plugin.wasm"]);
  const wasm = await readFile(join(folder, "plugin.wasm"));
  assert.ok(
    modules.some((module) => module.equals(wasm)),
    "a mixture of both",
  );
});

test("two copies into one layout by two processes: both are there", async (t) => {
  const host = await registryWith(t);
  const layout = `oci:${join(await temporaryFolder(t), "layout")}`;
  const ended = await Promise.all([0, 1, 0, 1].map((tag) => runCli(["copy", `${host}/a:${tag}`, layout])));
  for (const each of ended) assert.equal(each.code, 0, each.all);
  for (const [index, module] of modules.entries()) {
    assert.ok(module.equals((await pull(`${layout}:${index}`)).wasm));
  }
});

/** A file system of 1 MB; undefined: only root may make one. */
async function smallDisk(t: TestContext): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
  t.after(async () => {
    spawnSync("umount", ["-l", folder]);
    await rmdir(folder);
  });
  return mounted.status === 0 ? folder : undefined;
}

const full = /the disk is full \(ENOSPC\)/;

for (const [verb, target] of [
  ["pull", (folder: string) => ["-o", join(folder, "out")]],
  ["copy", (folder: string) => [`oci:${join(folder, "layout")}`]],
] as const) {
  test(`a full disk: ${verb} says so and leaves nothing under a final name`, async (t) => {
    const folder = await smallDisk(t);
    if (folder === undefined) {
      if (process.env.CI === "true") throw new Error("CI runs as root, yet cannot mount a tmpfs");
      return t.skip("needs root, for a small file system");
    }
    const host = await registryWith(t);
    const ended = await runCli([verb, `${host}/a:0`, ...target(folder)]);
    assertFailed(ended, { code: 1, message: full, hint: /make room/ });
    const left = await readdir(folder, { recursive: true, withFileTypes: true });
    // Of a copy what is complete may stay; nothing names it yet, and nothing else is there.
    for (const entry of left.filter((each) => each.isFile() && each.name !== "oci-layout")) {
      assert.equal(verb, "copy");
      const bytes = await readFile(join(entry.parentPath, entry.name));
      assert.equal(digestOf(bytes), `sha256:${entry.name}`);
    }
  });
}

test("a full cache folder: the layer is refused by name, nothing is written", async (t) => {
  const disk = await smallDisk(t);
  if (disk === undefined) {
    if (process.env.CI === "true") throw new Error("CI runs as root, yet cannot mount a tmpfs");
    return t.skip("needs root, for a small file system");
  }
  const registry = await startRegistry();
  t.after(() => registry.close());
  const wasm = Buffer.concat([...modules, ...modules]);
  await push(packOci({ wasm }), [`${registry.host}/a:1`]);
  const out = join(await temporaryFolder(t), "out");
  const ended = await runCli(["pull", `${registry.host}/a:1`, "-o", out], { env: { MESHWASM_CACHE: disk } });
  assertFailed(ended, { code: 1, message: full, hint: /make room/ });
  assert.deepEqual(await readdir(join(disk, "partial")), []);
});

test("a pull that was killed is finished by the next", async (t) => {
  let isSlow = true;
  const arrived = new EventEmitter();
  const registry = await startRegistry({
    faults: ({ method, path }) => {
      if (!isSlow || method !== "GET" || !path.endsWith(layer.digest)) return undefined;
      // Two thirds of it, and then nothing more.
      const handle = (_: unknown, response: ServerResponse) => {
        response.writeHead(200, { "content-length": layer.size });
        response.write(layer.bytes.subarray(0, 2_000_000), () => arrived.emit("sent"));
      };
      return { type: "handle", handle };
    },
  });
  t.after(() => registry.close());
  const packed = packCompat({ wasm: modules[0] ?? assert.fail() });
  const layer = { ...packed.layers[0]!.descriptor, bytes: packed.layers[0]!.bytes };
  await push(packed, [`${registry.host}/a:1`]);
  const folder = await temporaryFolder(t);
  const env = { MESHWASM_CACHE: join(folder, "cache") };
  const args = ["pull", `${registry.host}/a:1`, "-o", join(folder, "out")];
  const partial = join(folder, "cache", "partial", layer.digest.replace(":", "-"));
  const came = async () => {
    await once(arrived, "sent");
    while ((await stat(partial).catch(() => undefined))?.size !== 2_000_000) await sleep(20);
  };
  const killed = await runCli(args, { env, signal: { name: "SIGKILL", when: came() } });
  assert.equal(killed.signal, "SIGKILL", killed.all);
  isSlow = false;
  const ended = await runCli(args, { env });
  assert.equal(ended.code, 0, ended.all);
  const ranges = registry.requests
    .filter(({ path }) => path.endsWith(layer.digest))
    .map(({ headers }) => headers.range);
  assert.deepEqual(ranges.slice(-2), [undefined, "bytes=2000000-"]);
  assert.ok(modules[0]?.equals(await readFile(join(folder, "out", "plugin.wasm"))));
  assert.deepEqual(await readdir(join(folder, "cache", "partial")), []);
});
