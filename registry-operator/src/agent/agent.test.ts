import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rename, rm, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf, setUp, until } from "./testing/operator.js";

const [one, two] = [randomBytes(3000), randomBytes(500_000)];
const fileOf = (folder: string, module: Uint8Array) =>
  join(folder, `${digestOf(module).replace(":", "-")}.wasm`);
const sorted = (...modules: Uint8Array[]) => modules.map(digestOf).sort();

test("what is wanted is fetched, stored readable for all, and reported once for each change", async (t) => {
  const { start, want, offer, storeDir, report } = await setUp(t);
  await offer(one, two);
  want(one);
  start();
  await until("the first module", () => report.last?.length === 1);
  want(one, two);
  await until("the second module", () => report.last?.length === 2);
  assert.deepEqual(report.last, sorted(one, two));
  for (const module of [one, two]) {
    assert.deepEqual(await readFile(fileOf(storeDir, module)), module);
    assert.equal((await stat(fileOf(storeDir, module))).mode & 0o777, 0o644);
  }
  await sleep(300);
  assert.deepEqual(
    report.written.map(({ length }) => length).filter((length, index) => index > 0 || length > 0),
    [1, 2],
    "written although nothing had changed",
  );
});

test("an operator killed in the middle of a transfer leaves nothing half-written, and it is fetched then", async (t) => {
  const { start, want, offer, storeDir, report, wire } = await setUp(t);
  await offer(two);
  want(two);
  wire.cutAfter = 200_000;
  start();
  await until("a cut transfer", async () => (await readdir(storeDir).catch(() => [])).length > 0);
  await sleep(100);
  assert.ok(!existsSync(fileOf(storeDir, two)));
  wire.cutAfter = undefined;
  wire.isDown = true;
  wire.cut();
  await until("the part is gone", async () => (await readdir(storeDir)).length === 0);
  wire.isDown = false;
  await until("the module", () => report.last?.length === 1);
  assert.deepEqual(await readdir(storeDir), [fileOf("", two).replace(/^\//, "")]);
});

test("a file that was damaged, cut short, replaced or removed is noticed and replaced", async (t) => {
  const { start, want, offer, storeDir, report } = await setUp(t);
  await offer(one, two);
  want(one, two);
  start();
  await until("both modules", () => report.last?.length === 2);
  const path = fileOf(storeDir, two);
  const damages: Record<string, () => Promise<unknown>> = {
    removed: () => unlink(path),
    "cut short": () => writeFile(path, two.subarray(0, 1000)),
    "one byte changed": () => writeFile(path, Buffer.concat([two.subarray(0, -1), Buffer.from([0])])),
    "replaced by another": () => writeFile(`${path}.new`, "other").then(() => rename(`${path}.new`, path)),
  };
  for (const [what, damage] of Object.entries(damages)) {
    const before = report.written.length;
    await damage();
    await until(`${what}: replaced`, async () => {
      const found = await readFile(path).catch(() => Buffer.alloc(0));
      return found.equals(two) && report.last?.length === 2;
    });
    // It may be replaced before the loss is reported; then nothing has changed.
    assert.ok(
      report.written.slice(before).every((each) => each.includes(digestOf(one))),
      what,
    );
  }
});

test("damage that no time shows is found by reading all files, and at every start", async (t) => {
  const { start, want, offer, storeDir, report } = await setUp(t);
  await offer(one);
  want(one);
  const stop = start({ verifyMs: 100 });
  await until("the module", () => report.last?.length === 1);
  const path = fileOf(storeDir, one);
  const { atime, mtime } = await stat(path);
  await writeFile(path, Buffer.alloc(one.length));
  await utimes(path, atime, mtime);
  await until("it is replaced", async () => (await readFile(path).catch(() => one.subarray(1))).equals(one));
  await stop();
  await writeFile(path, "damaged while no agent ran");
  const before = report.written.length;
  start();
  await until("it is replaced", () => report.written.length > before && report.last?.length === 1);
  assert.deepEqual(await readFile(path), one);
  assert.ok(report.warnings.includes("ModuleDamaged"));
});

test("with the operator away everything that is here stays, is reported, and is not deleted", async (t) => {
  const { start, want, offer, storeDir, report, wire } = await setUp(t);
  await offer(one);
  want(one);
  const stop = start();
  await until("the module", () => report.last?.length === 1);
  await stop();
  wire.isDown = true;
  wire.cut();
  start({ graceMs: 0 });
  const before = report.written.length;
  await until("a report", () => report.written.length > before);
  await sleep(300);
  assert.deepEqual(report.last, sorted(one));
  assert.ok(existsSync(fileOf(storeDir, one)));
});

test("what nobody wants goes after its grace time, not before it is no longer reported, and not what is not ours", async (t) => {
  const { start, want, offer, storeDir, report } = await setUp(t);
  await offer(one, two);
  want(one, two);
  const stop = start();
  await until("both modules", () => report.last?.length === 2);
  await writeFile(join(storeDir, "of-somebody-else"), "");
  want(one);
  await sleep(300);
  assert.ok(existsSync(fileOf(storeDir, two)), "deleted before its time");
  await stop();
  report.isDown = true;
  start({ graceMs: 50 });
  await sleep(500);
  assert.ok(existsSync(fileOf(storeDir, two)), "deleted although it is reported");
  report.isDown = false;
  await until("it is deleted", () => !existsSync(fileOf(storeDir, two)));
  assert.deepEqual(report.last, sorted(one));
  assert.ok(existsSync(join(storeDir, "of-somebody-else")));
  want(one, two);
  await until("it comes back", () => report.last?.length === 2);
});

test("a module that the operator lacks does not hold up the others", async (t) => {
  const { start, want, offer, report } = await setUp(t);
  const late = randomBytes(100);
  await offer(one);
  want(late, one);
  start();
  await until("the one that is there", () => report.last?.length === 1);
  await offer(late);
  await until("the late one", () => report.last?.length === 2);
});

test("wrong bytes under a digest are never stored", async (t) => {
  const { start, want, offer, storeDir, report, store } = await setUp(t);
  await offer(one, two);
  await writeFile(store.pathOf(digestOf(two)), randomBytes(400_000));
  want(one, two);
  start();
  await until("the good one", () => report.last?.length === 1);
  await sleep(200);
  assert.ok(!existsSync(fileOf(storeDir, two)));
  await offer(two);
  await until("the repaired one", () => report.last?.length === 2);
});

test("an agent gets no list of another node, and says so only in its log", async (t) => {
  const { start, want, offer, report, storeDir, tokenFile } = await setUp(t);
  await writeFile(tokenFile, "token-of-node-2");
  await offer(one);
  want(one);
  start();
  await until("an empty report", () => report.written.length === 1);
  await sleep(300);
  assert.deepEqual([report.last, await readdir(storeDir)], [[], []]);
  await writeFile(tokenFile, "token-of-node-1");
});

test("when the operator comes back with a new authority, the agent gets a new certificate", async (t) => {
  const { start, want, offer, report, restart } = await setUp(t);
  await offer(one, two);
  want(one);
  start();
  await until("the first module", () => report.last?.length === 1);
  const again = await restart();
  again(one, two);
  await until("the second module", () => report.last?.length === 2);
});

test("a full disk is said, and what was wanted comes once there is room", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], { stdio: "pipe" });
  } catch {
    await rm(folder, { recursive: true });
    if (process.env.CI === "true" && process.getuid?.() === 0) throw new Error("no tmpfs can be mounted");
    return t.skip("only root can mount a small file system");
  }
  const { start, want, offer, report } = await setUp(t, folder);
  t.after(async () => {
    execFileSync("umount", ["-l", folder]);
    await rm(folder, { recursive: true });
  });
  await writeFile(join(folder, "filler"), Buffer.alloc(100_000));
  const [fits, large] = [randomBytes(20_000), randomBytes(180_000)];
  await offer(fits, large);
  want(fits, large);
  start();
  await until("the one that fits", () => report.last?.length === 1);
  await until("a warning", () => report.warnings.includes("StoreFull"));
  await until("a report of it", () => report.failures.length === 1);
  const [failure] = report.failures;
  assert.deepEqual([failure?.digest, failure?.reason], [digestOf(large), "StoreFull"]);
  assert.match(failure?.message ?? "", /no space left to store .* \(ENOSPC\)/);
  assert.deepEqual(report.last, sorted(fits));
  assert.ok(!existsSync(fileOf(folder, large)));
  await rm(join(folder, "filler"));
  await until("the other", () => report.last?.length === 2 && report.failures.length === 0);
});
