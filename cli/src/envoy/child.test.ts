import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startGuarded } from "./child.js";

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const tempDir = () => mkdtemp(join(tmpdir(), "meshwasm-child-"));

it("stops a program that ignores SIGTERM, and removes its folder", async () => {
  const folder = await tempDir();
  const lines: string[] = [];
  let sawLine = () => {};
  const ready = new Promise<void>((resolve) => {
    sawLine = resolve;
  });
  const command = ["/bin/sh", "-c", "trap '' TERM; echo up >&2; while :; do sleep 0.1; done"];
  const child = await startGuarded(command, folder, (line) => {
    lines.push(line);
    sawLine();
  });
  await ready;
  await Promise.all([child.stop(100), child.stop(100)]);
  assert.equal((await child.exited).signal, "SIGKILL");
  assert.deepEqual([lines, isRunning(child.pid), existsSync(folder)], [["up"], false, false]);
});

it("clears up behind a program that ends by itself", async () => {
  const folder = await tempDir();
  const child = await startGuarded(["/bin/sh", "-c", "exit 7"], folder, () => {});
  assert.deepEqual(await child.exited, { code: 7, signal: null });
  await child.stop(100);
  assert.equal(existsSync(folder), false);
});

for (const [death, code] of [
  ["is killed", "process.kill(process.pid, 'SIGKILL')"],
  ["exits", "process.exit(0)"],
  ["has an uncaught exception", "setTimeout(() => { throw new Error('on purpose') })"],
]) {
  it(`leaves nothing behind when this process ${death}`, async () => {
    const folder = await tempDir();
    const program = `import { startGuarded } from ${JSON.stringify(new URL("./child.ts", import.meta.url).href)};
      const child = await startGuarded(["sleep", "60"], ${JSON.stringify(folder)}, () => {});
      process.stdout.write(String(child.pid), () => { ${code} });`;
    const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let pid = "";
    parent.stdout.on("data", (chunk) => {
      pid += chunk;
    });
    await new Promise((resolve) => parent.once("close", resolve));
    assert.match(pid, /^\d+$/);
    for (let left = 100; (isRunning(Number(pid)) || existsSync(folder)) && left > 0; left--) await sleep(50);
    assert.deepEqual([isRunning(Number(pid)), existsSync(folder)], [false, false]);
  });
}
