import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startRegistry } from "@meshwasm/oras/registry";
import { startDockerRegistry, tester } from "./docker-registry.js";
import { filterFolder } from "./filter-folder.js";
import { runCli, runJson } from "./run-cli.js";

interface Pushed {
  ref: string;
  digest: string;
  mediaType: string;
  bytes: number;
  wasmDigest: string;
  loadableBy: string[];
}

interface Pulled {
  ref: string;
  digest: string;
  wasm: string;
  wasmDigest: string;
  files: string[];
}

interface Inspected {
  annotations: Record<string, string>;
  loadableBy: string[];
  wasm: { digest: string; bytes: number; abi: string; exports: string[]; imports: string[] };
}

const registries: Record<string, (t: TestContext) => Promise<string | undefined>> = {
  "the embedded registry": async (t) => {
    const registry = await startRegistry();
    t.after(() => registry.close());
    return registry.host;
  },
  "the embedded registry with tokens": async (t) => {
    const registry = await startRegistry({
      auth: { type: "token", users: { [tester.username]: tester.password } },
    });
    t.after(() => registry.close());
    return registry.host;
  },
  "Debian's docker-registry": (t) => startDockerRegistry(t, { auth: false }),
  "Debian's docker-registry with a password": (t) => startDockerRegistry(t, { auth: true }),
};

for (const [name, start] of Object.entries(registries)) {
  test(`push, inspect and pull with ${name}`, async (t) => {
    const host = await start(t);
    if (host === undefined) {
      const reason = "docker-registry is not installed: apt-get install docker-registry";
      assert.notEqual(process.env.CI, "true", reason);
      return t.skip(reason);
    }
    const withAuth = /token|password/.test(name);
    const login = withAuth ? ["--username", tester.username, "--password-stdin"] : [];
    const stdin = withAuth ? { stdin: `${tester.password}\n` } : {};
    const folder = await filterFolder(t);
    const repository = `${host}/filters/hello`;

    const refs = [`${repository}:0.1.0`, `${repository}:0.1`];
    const annotations = ["--annotation", "com.example.team=mesh", "--annotation", "com.example.note=a=b c"];
    const pushed = await runJson<Pushed[]>(["push", ...refs, ...annotations, ...login], {
      cwd: folder,
      ...stdin,
    });
    assert.deepEqual(
      pushed.map(({ ref }) => ref),
      refs,
    );
    const [first, second] = pushed as [Pushed, Pushed];
    assert.deepEqual(Object.keys(first), ["ref", "digest", "mediaType", "bytes", "wasmDigest", "loadableBy"]);
    assert.deepEqual({ ...second, ref: first.ref }, first);
    assert.equal(first.mediaType, "application/vnd.oci.image.manifest.v1+json");
    assert.match(first.digest, /^sha256:[0-9a-f]{64}$/);
    assert.ok(first.loadableBy.length > 0);
    const wasm = await readFile(join(folder, "build", "filter.wasm"));
    assert.equal(first.wasmDigest, sha256(wasm), "what is pushed is what is built");

    const byDigest = `${repository}@${first.digest}`;
    const inspected = await runJson<Inspected>(["inspect", byDigest, ...login], stdin);
    assert.equal(inspected.annotations["com.example.team"], "mesh");
    assert.equal(inspected.annotations["com.example.note"], "a=b c");
    assert.equal(inspected.annotations["org.opencontainers.image.version"], "0.1.0");
    assert.equal(inspected.annotations["module.wasm.image/variant"], "compat");
    assert.deepEqual(
      [inspected.wasm.digest, inspected.wasm.bytes, inspected.wasm.abi],
      [sha256(wasm), wasm.length, "0.2.1"],
    );

    const out = join(folder, "pulled", "here");
    const pulled = await runJson<Pulled>(["pull", byDigest, "-o", out, ...login], stdin);
    assert.equal(pulled.ref, byDigest);
    assert.equal(pulled.wasm, join(out, "plugin.wasm"));
    assert.deepEqual(await readFile(pulled.wasm), wasm, "the same bytes come back");
    assert.deepEqual(
      pulled.files,
      ["plugin.wasm", "filter.yaml", "config.schema.json"].map((file) => join(out, file)),
    );
    assert.deepEqual((await readdir(out)).sort(), ["config.schema.json", "filter.yaml", "plugin.wasm"]);
    assert.deepEqual(await readFile(join(out, "filter.yaml")), await readFile(join(folder, "filter.yaml")));

    const module = await runJson<Pushed>(["push", pulled.wasm, `${host}/modules/hello`, ...login], stdin);
    assert.equal(module.ref, `${host}/modules/hello:latest`, "one reference gives one object");
    assert.equal(module.wasmDigest, sha256(wasm));

    if (!withAuth) return;
    const refused = await runCli(["pull", byDigest, "-o", join(folder, "none"), "--debug", ...login], {
      stdin: "wrong-secret",
    });
    assert.equal(refused.code, 3, refused.all);
    assert.match(refused.stderr, /^error: .*refused the credentials of tester/m, refused.all);
    assert.ok(!refused.all.includes("wrong-secret"), refused.all);
  });
}

test("in words", async (t) => {
  const registry = await startRegistry();
  t.after(() => registry.close());
  const folder = await filterFolder(t);
  const ref = `${registry.host}/filters/hello:0.1.0`;
  const pushed = await runCli(["push", folder, ref]);
  assert.equal(pushed.code, 0, pushed.all);
  assert.match(
    pushed.stdout,
    new RegExp(`^pushed ${ref}\n  digest +sha256:\\w+ \\(\\d+ bytes\\)\n  module +sha256:`),
    pushed.all,
  );
  assert.match(pushed.stderr, /^hello 0\.1\.0 → /, pushed.all);
  const again = await runCli(["push", folder, ref, "--quiet"]);
  assert.deepEqual([again.stdout, again.stderr], [pushed.stdout, ""], again.all);
  const module = join(folder, "build", "filter.wasm");
  for (const what of [ref, module]) {
    const inspected = await runCli(["inspect", what]);
    assert.equal(inspected.code, 0, inspected.all);
    assert.match(
      inspected.stdout,
      /^ABI +0\.2\.1\nEnvoy +1\.17 or later\ncallbacks +proxy_on_/m,
      inspected.all,
    );
  }
  const pulled = await runCli(["pull", ref], { cwd: join(folder, "build") });
  assert.equal(pulled.code, 0, pulled.all);
  assert.match(pulled.stdout, /@sha256:\w+\n {2}\S+\/build\/plugin\.wasm\n/, pulled.all);
});

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
