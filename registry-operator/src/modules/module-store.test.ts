import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { type RegistryOptions, startRegistry } from "@meshwasm/oras/registry";
import type { ResolveRequest } from "./contract.js";
import { openModuleStore } from "./module-store.js";
import { type Cleanup, dockerConfig, filterModule, pushFilter, temporaryFolder } from "./testing/filters.js";

const never = new AbortController().signal;
const yaml = "name: hello\nversion: 1.2.3\nkind: http\nrootId: hi\nphase: AUTHZ\n";

test("an image of every layout is resolved, stored by its digest and described", async (t) => {
  const { registry, store, folder } = await setUp(t);
  for (const format of ["compat", "oci", "cncf"] as const) {
    const wasm = filterModule(`(func (export "proxy_on_tick") (param i32)) (data (i32.const 0) "${format}")`);
    const image = `${registry.host}/filters/${format}:1.2.3`;
    const files = { "filter.yaml": yaml, "config.schema.json": '{"type":"object"}' };
    const manifestDigest = await pushFilter(image, wasm, { format, files });
    const found = await store.resolve(ask(image), never);
    const moduleDigest = sha256(wasm);
    assert.deepEqual(found, {
      ...{ image, manifestDigest, moduleDigest, bytes: wasm.length, abi: "0.2.1", phase: "AUTHZ" },
      ...{ name: "hello", version: "1.2.3", kind: "http", rootId: "hi", configSchema: { type: "object" } },
      ...{ callbacks: ["proxy_on_tick"], imageVolume: format === "compat" },
    });
    assert.ok(await store.has(moduleDigest));
    assert.deepEqual(new Uint8Array(await readFile(store.pathOf(moduleDigest))), wasm);
    assert.equal((await stat(store.pathOf(moduleDigest))).mode & 0o777, 0o644);
  }
  assert.ok((await readdir(folder)).every((name) => /^(sha256-|artifact-|image-)/.test(name)));
});

test("without filter.yaml the facts come from module and reference", async (t) => {
  const { registry, store } = await setUp(t);
  const image = `${registry.host}/filters/plain:2.0.0`;
  const network = '(func (export "proxy_on_new_connection") (param i32) (result i32) (i32.const 0))';
  await pushFilter(image, filterModule(network, { abi: "0_2_0" }));
  const { name, version, kind, rootId, abi, configSchema, phase } = await store.resolve(ask(image), never);
  assert.deepEqual(
    { name, version, kind, rootId, abi, configSchema, phase },
    {
      ...{ name: "plain", version: "2.0.0", kind: "network", rootId: "plain" },
      ...{ abi: "0.2.0", configSchema: undefined, phase: "UNSPECIFIED" },
    },
  );
});

test("a tag is resolved once, also by the next process; Always sees it move and fetches only what is new", async (t) => {
  const { registry, store, folder } = await setUp(t);
  const image = `${registry.host}/filters/hello:latest`;
  const first = await pushFilter(image, filterModule());
  assert.equal((await store.resolve(ask(image), never)).manifestDigest, first);
  const second = await pushFilter(image, filterModule('(data (i32.const 0) "two")'));
  const asked = registry.requests.length;
  assert.equal((await store.resolve(ask(image), never)).manifestDigest, first);
  const again = await openModuleStore(folder);
  assert.equal((await again.resolve(ask(image), never)).manifestDigest, first);
  assert.equal(registry.requests.length, asked, "IfNotPresent asked the registry");
  assert.equal((await again.resolve(ask(image, { policy: "Always" }), never)).manifestDigest, second);
  const before = registry.requests.length;
  await again.resolve(ask(image, { policy: "Always" }), never);
  assert.deepEqual(
    registry.requests.slice(before).map(({ method }) => method),
    ["HEAD"],
  );
});

test("many requests for one image share one pull", async (t) => {
  const { registry, store } = await setUp(t);
  const image = `${registry.host}/filters/hello:1.0.0`;
  await pushFilter(image, filterModule());
  const before = registry.requests.length;
  await Promise.all(Array.from({ length: 20 }, () => store.resolve(ask(image), never)));
  const layers = registry.requests.slice(before).filter(({ path }) => path.includes("/blobs/"));
  assert.equal(layers.length, 2, "config and layer, once");
});

test("each failure has its reason", async (t) => {
  const { registry, store, folder } = await setUp(t);
  const put = async (name: string, wasm: Uint8Array, files?: Record<string, string>) => {
    const image = `${registry.host}/bad/${name}:1.0.0`;
    await pushFilter(image, wasm, files ? { files } : {});
    return image;
  };
  const alien = filterModule("", { imports: '(import "env" "alien" (func (param i32)))' });
  const ofOtherAbi = filterModule("", {
    imports: '(import "env" "proxy_continue_request" (func (result i32)))',
  });
  const otherwise = filterModule("", {
    imports: '(import "env" "proxy_log" (func (param i32 i64) (result i32)))',
  });
  const notWhole = filterModule().slice(0, 20);
  const big = await put("big", filterModule(`(data (i32.const 0) "${"x".repeat(5000)}")`));
  const cases: [reason: string, message: RegExp, request: ResolveRequest][] = [
    ["ImageInvalid", /names no registry host/, ask("hello")],
    ["ImageInvalid", /is a folder/, ask(`oci:${folder}`)],
    ["ImageNotFound", /has no bad\/none:1/, ask(`${registry.host}/bad/none:1`)],
    ["RegistryUnreachable", /refused the connection/, ask(`127.0.0.1:${await closedPort()}/a/b:1`)],
    ["RegistryNotAllowed", /does not allow filters from/, ask(big, { rules: { allowedRegistries: [] } })],
    ["ModuleTooLarge", /the limit is 1000/, ask(big, { rules: { maxBytes: 1000 } })],
    ["ModuleInvalid", /Failed to parse corrupted Wasm module/, ask(await put("cut", notWhole))],
    ["AbiUnsupported", /ABI version/, ask(await put("abi", filterModule("", { abi: "0_9_9" })))],
    ["ImportMissing", /missing import: env\.alien/, ask(await put("import", alien))],
    ["ImportMissing", /env\.proxy_continue_request/, ask(await put("other-abi", ofOtherAbi))],
    ["ImportMissing", /env\.proxy_log/, ask(await put("otherwise", otherwise))],
    [
      "ArtifactInvalid",
      /'kind' has no valid value/,
      ask(await put("yaml", filterModule(), { "filter.yaml": "kind: x" })),
    ],
    [
      "ArtifactInvalid",
      /config.schema.json/,
      ask(await put("schema", filterModule(), { "config.schema.json": "{" })),
    ],
    [
      "PullSecretInvalid",
      /pull secret number 1 is not JSON/,
      ask(big, { dockerConfigs: ["no json, pass=hunter2"] }),
    ],
  ];
  for (const [code, message, request] of cases) {
    await assert.rejects(store.resolve(request, never), (error: Error & { code?: string }) => {
      assert.deepEqual([code, message.test(error.message)], [error.code, true], error.message);
      assert.ok(!error.message.includes("hunter2"));
      return true;
    });
  }
  assert.deepEqual(await readdir(folder), [], "something was stored");
  assert.equal((await store.resolve(ask(big), never)).manifestDigest.length, 71);
  await assert.rejects(store.resolve(ask(big, { rules: { maxBytes: 1000 } }), never), {
    code: "ModuleTooLarge",
  });
});

test("what a module may import is the policy's to say, and is asked again when the policy changes", async (t) => {
  const { registry, store, folder } = await setUp(t);
  const image = `${registry.host}/filters/caller:1.0.0`;
  const imports = `(import "env" "proxy_log" (func (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))`;
  const exports = `(func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) (i32.const 0))
    (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const 1))
    (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 0)) (func (export "other"))`;
  await pushFilter(image, filterModule(exports, { imports }));
  const under = (...allowedCapabilities: string[]) => ask(image, { rules: { allowedCapabilities } });
  const refused = {
    code: "CapabilityNotAllowed",
    message: /caller.*: fd_write$/,
    hint: /allowedCapabilities/,
  };
  await assert.rejects(store.resolve(under("proxy_log"), never), refused);
  assert.deepEqual(await readdir(folder), [], "something was stored");
  const found = await store.resolve(under("fd_write", "proxy_log"), never);
  assert.ok(!("imports" in found));
  assert.deepEqual(found.callbacks, ["proxy_on_configure", "proxy_on_request_headers"]);
  await assert.rejects(store.resolve(under("proxy_log"), never), refused);
  await assert.rejects(store.resolve(under(), never), { message: /fd_write, proxy_log$/ });
  assert.ok(await store.resolve(ask(image), never));
});

test("pull secrets: the right one among several, and no other namespace's image by its name", async (t) => {
  const users = { reader: "secret-1" };
  const { registry, store } = await setUp(t, { auth: { type: "token", users } });
  const image = `${registry.host}/private/hello:1.0.0`;
  await pushFilter(image, filterModule(), { credentials: { username: "reader", password: users.reader } });
  const right = dockerConfig(registry.host, "reader", "secret-1");
  const wrong = dockerConfig(registry.host, "reader", "secret-0");
  const other = dockerConfig("registry.example.com", "reader", "secret-1");
  const found = await store.resolve(ask(image, { dockerConfigs: [other, wrong, right] }), never);
  assert.ok(found.moduleDigest);
  for (const dockerConfigs of [[], [other], [wrong]]) {
    await assert.rejects(
      store.resolve(ask(image, { dockerConfigs }), never),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "RegistryUnauthorized");
        return !/secret-\d/.test(error.message + JSON.stringify(error));
      },
    );
  }
});

test("a registry that serves other bytes, or stops in the middle, changes nothing", async (t) => {
  for (const fault of [{ type: "corrupt" }, { type: "truncate", bytes: 60 }] as const) {
    const { registry, store, folder } = await setUp(t, {
      faults: ({ method, path }) => (method === "GET" && path.includes("/blobs/") ? fault : undefined),
    });
    const image = `${registry.host}/filters/hello:1.0.0`;
    await pushFilter(image, filterModule());
    await assert.rejects(store.resolve(ask(image), never), (error: { code?: string }) =>
      ["DigestMismatch", "RegistryUnreachable"].includes(error.code ?? ""),
    );
    assert.deepEqual(await readdir(folder), []);
  }
});

test("a registry that never ends its answer is given up, and a caller may leave earlier", async (t) => {
  const { registry, folder } = await setUp(t, {
    faults: ({ method }) => (method === "HEAD" ? { type: "delay", ms: 60_000 } : undefined),
  });
  const store = await openModuleStore(folder, { deadlineMs: 500, access: { retries: 0 } });
  const request = ask(`${registry.host}/filters/hello:1.0.0`);
  const caller = new AbortController();
  const left = assert.rejects(store.resolve(request, caller.signal), { code: "Aborted" });
  caller.abort();
  await left;
  await assert.rejects(store.resolve(request, never), { code: "RegistryUnreachable" });
});

test("a damaged or missing module is fetched again", async (t) => {
  const { registry, store, folder } = await setUp(t);
  const image = `${registry.host}/filters/hello:1.0.0`;
  await pushFilter(image, filterModule());
  const { moduleDigest } = await store.resolve(ask(image), never);
  await writeFile(store.pathOf(moduleDigest), "damaged");
  const fresh = await openModuleStore(folder);
  assert.equal(await fresh.has(moduleDigest), false);
  await fresh.resolve(ask(image), never);
  assert.ok(await fresh.has(moduleDigest));
  await fresh.discard(moduleDigest);
  assert.equal(await fresh.has(moduleDigest), false);
  await fresh.resolve(ask(image), never);
  assert.ok(await fresh.has(moduleDigest));
});

test("collect keeps what is referred to and what is young", async (t) => {
  const { registry, store, folder } = await setUp(t, {}, 60_000);
  const digests: string[] = [];
  for (const name of ["kept", "old", "young"]) {
    const image = `${registry.host}/filters/${name}:1.0.0`;
    await pushFilter(image, filterModule(`(data (i32.const 0) "${name}")`));
    digests.push((await store.resolve(ask(image), never)).moduleDigest);
  }
  const [kept = "", old = "", young = ""] = digests;
  const past = new Date(Date.now() - 120_000);
  for (const name of await readdir(folder)) {
    if (!name.includes(young.slice(7))) await utimes(`${folder}/${name}`, past, past);
  }
  await store.collect(new Set([kept]));
  assert.deepEqual(
    [await store.has(kept), await store.has(old), await store.has(young)],
    [true, false, true],
  );
  await store.collect(new Set());
  assert.ok(await store.has(kept), "its grace time starts when it is no longer referred to");
});

test("what a killed process left half-written is deleted at the next start", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(`${folder}/.0123456789abcdef.tmp`, "half");
  await writeFile(`${folder}/of-somebody-else`, "");
  await openModuleStore(folder);
  assert.deepEqual(await readdir(folder), ["of-somebody-else"]);
});

async function setUp(t: Cleanup, options: RegistryOptions = {}, graceMs?: number) {
  const registry = await startRegistry(options);
  t.after(() => registry.close());
  const folder = await temporaryFolder(t);
  const store = await openModuleStore(folder, { graceMs, access: { retryDelayMs: 1 } });
  return { registry, store, folder };
}

function ask(image: string, more: Partial<ResolveRequest> = {}): ResolveRequest {
  return { image, policy: "IfNotPresent", dockerConfigs: [], rules: {}, ...more };
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
