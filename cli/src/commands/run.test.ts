import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { envoyForTest, testFilter } from "../envoy/test-filter.js";

const program = `import { main } from ${JSON.stringify(new URL("../main.ts", import.meta.url).href)};
process.exitCode = await main(process.argv.slice(1));`;
const flags = ["--conditions=meshwasm:source", "--import", "tsx", "--input-type=module", "-e", program, "--"];

describe("meshwasm run, as a process", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "meshwasm-run-command-"));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  function meshwasm(t: TestContext, args: string[]) {
    // The temporary folder of its own shows whether anything stays behind.
    const env = { ...process.env, TMPDIR: dir };
    const cwd = fileURLToPath(new URL("../../..", import.meta.url));
    const child: ChildProcess = spawn(process.execPath, [...flags, ...args], { cwd, env, stdio: "pipe" });
    t.after(() => child.kill("SIGKILL"));
    const said = { out: "", err: "" };
    child.stdout?.on("data", (chunk) => {
      said.out += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      said.err += chunk;
    });
    const exit = new Promise<number | NodeJS.Signals | null>((resolve) =>
      child.once("close", (code, signal) => resolve(code ?? signal)),
    );
    return { child, said, exit };
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`prints one document and ends with 0 at ${signal}, leaving nothing behind`, async (t) => {
      if (!(await envoyForTest(t))) return;
      const path = join(dir, "filter.wasm");
      await writeFile(path, testFilter({ header: "yes", log: "seen" }));
      const { child, said, exit } = meshwasm(t, ["run", path, "--json", "--root-id", "me"]);
      await new Promise<void>((resolve) => {
        child.stderr?.on("data", () => said.err.includes("try: curl") && resolve());
        child.once("close", () => resolve());
      });
      const document = JSON.parse(said.out);
      const keys = ["listen", "engine", "upstream", "admin", "wasm", "sha256", "pid"];
      assert.deepEqual(Object.keys(document), keys);
      const response = await fetch(`http://${document.listen}/`);
      assert.equal(response.headers.get("x-test"), "yes");
      child.kill(signal);
      assert.equal(await exit, 0, said.err);
      assert.match(said.err, /\[warn\] seen/);
      assert.throws(() => process.kill(document.pid, 0), { code: "ESRCH" });
      assert.deepEqual(
        (await readdir(dir)).filter((name) => name.startsWith("meshwasm-envoy")),
        [],
      );
    });
  }

  it("ends with 3 when its Envoy is killed", async (t) => {
    if (!(await envoyForTest(t))) return;
    const path = join(dir, "filter.wasm");
    await writeFile(path, testFilter());
    const { child, said, exit } = meshwasm(t, ["run", path, "--json"]);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    process.kill(JSON.parse(said.out).pid, "SIGKILL");
    assert.equal(await exit, 3);
    assert.match(said.err, /Envoy ended with SIGKILL/);
  });

  it("ends with 2 for bad usage and 3 without an Envoy, with the ways to get one", async (t) => {
    const bad = meshwasm(t, ["run", "--engine", "other"]);
    assert.equal(await bad.exit, 2);
    const none = meshwasm(t, ["run", dir, "--listen", "host:1"]);
    assert.equal(await none.exit, 2);
    process.env.ENVOY_BIN = join(dir, "absent");
    t.after(() => delete process.env.ENVOY_BIN);
    const missing = meshwasm(t, ["run", dir]);
    assert.equal(await missing.exit, 3);
    assert.match(missing.said.err, /does not exist[\s\S]*pip install[\s\S]*PATH[\s\S]*ENVOY_BIN=/);
  });
});
