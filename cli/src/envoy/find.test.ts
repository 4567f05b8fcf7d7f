import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cacheDir } from "../cache-dir.js";
import { findEnvoy } from "./find.js";
import { wheelEnvoyPath, wheelInstallCommand } from "./wheel.js";

describe("findEnvoy", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "meshwasm-find-"));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  async function fake(path: string, script: string): Promise<string> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  }
  const answering = (version: string) =>
    `echo; echo "envoy  version: 0a1b2c/${version}/Clean/RELEASE/BoringSSL"`;

  it("prefers ENVOY_BIN to PATH to the wheel", async () => {
    const env = {
      ENVOY_BIN: await fake(join(dir, "mine"), answering("1.1.0")),
      PATH: join(dir, "bin"),
      MESHWASM_CACHE: dir,
    };
    await fake(join(dir, "bin", "envoy"), answering("1.2.0"));
    await fake(wheelEnvoyPath(env), answering("1.3.0"));
    const inOrder = [
      await findEnvoy(env),
      await findEnvoy({ ...env, ENVOY_BIN: "" }),
      await findEnvoy({ ...env, ENVOY_BIN: undefined, PATH: "" }),
    ];
    assert.deepEqual(
      inOrder.map(({ source, version }) => [source, version]),
      [
        ["ENVOY_BIN", "1.1.0"],
        ["PATH", "1.2.0"],
        ["wheel", "1.3.0"],
      ],
    );
  });

  it("refuses an ENVOY_BIN that does not run, whatever else is there", async () => {
    const env = { PATH: join(dir, "bin"), MESHWASM_CACHE: dir };
    const plain = join(dir, "plain");
    await writeFile(plain, "text");
    const cases: [string, RegExp][] = [
      [join(dir, "absent"), /does not exist/],
      [dir, /is not a file/],
      [plain, /is not executable/],
      [await fake(join(dir, "other"), "echo hello"), /does not answer --version/],
    ];
    for (const [ENVOY_BIN, message] of cases) {
      await assert.rejects(findEnvoy({ ...env, ENVOY_BIN }), { code: "ENVOY_MISSING", exitCode: 3, message });
    }
  });

  it("passes over an envoy on PATH that does not run", async () => {
    await fake(join(dir, "broken", "envoy"), "exit 1");
    const found = await findEnvoy({
      PATH: `${join(dir, "broken")}:${join(dir, "bin")}`,
      MESHWASM_CACHE: dir,
    });
    assert.equal(found.source, "PATH");
    assert.equal(found.path, join(dir, "bin", "envoy"));
  });

  it("names the three ways when there is none", async () => {
    const env = { PATH: "", MESHWASM_CACHE: join(dir, "empty cache") };
    await assert.rejects(findEnvoy(env), (error: Error & { hint?: string; exitCode?: number }) => {
      assert.equal(error.exitCode, 3);
      for (const way of ["ENVOY_BIN=", "PATH", wheelInstallCommand(env)])
        assert.ok(error.hint?.includes(way), way);
      return true;
    });
    assert.match(wheelInstallCommand(env), /--target '.*empty cache\/envoy-\d/);
  });

  it("keeps its cache in the home folder unless told otherwise", () => {
    assert.equal(cacheDir({ MESHWASM_CACHE: "/somewhere" }), "/somewhere");
    assert.match(cacheDir({ MESHWASM_CACHE: "" }), /\.cache\/meshwasm$/);
  });
});
