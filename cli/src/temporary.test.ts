import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

/** A process that makes a file, says so, and waits; `more` runs before it says so. */
async function interrupted(more: string, signal: NodeJS.Signals) {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-temporary-"));
  const file = join(folder, "half");
  await writeFile(file, "");
  const code = `
    import { removeOnSignal, undoOnSignal } from ${JSON.stringify(new URL("./temporary.ts", import.meta.url).href)};
    ${more.replaceAll("FILE", JSON.stringify(file))}
    console.log("ready");
    setTimeout(() => {}, 60_000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code]);
  let printed = "";
  child.stdout.on("data", (chunk) => {
    if (!printed) child.kill(signal);
    printed += chunk;
  });
  const ended = await new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  const left = existsSync(file);
  await rm(folder, { recursive: true });
  return { ...ended, left, printed };
}

test("a signal removes what is being made and ends the process as it would have", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    assert.deepEqual(await interrupted("removeOnSignal(FILE);", signal), {
      code: null,
      signal,
      left: false,
      printed: "ready\n",
    });
  }
});

test("the last undo is the first, and one that fails does not stop the others", async () => {
  const more = `removeOnSignal(FILE);
    undoOnSignal(() => console.log("first"));
    undoOnSignal(() => { throw new Error("no"); });
    undoOnSignal(() => console.log("last"));`;
  const { left, printed } = await interrupted(more, "SIGTERM");
  assert.deepEqual([left, printed], [false, "ready\nlast\nfirst\n"]);
});

test("what is made stays, and where somebody else answers the signal it is theirs", async () => {
  assert.equal((await interrupted("removeOnSignal(FILE)();", "SIGINT")).left, true);
  const watched = `process.on("SIGINT", () => process.exit(7)); removeOnSignal(FILE);`;
  const { code, left } = await interrupted(watched, "SIGINT");
  assert.deepEqual([code, left], [7, true]);
});
