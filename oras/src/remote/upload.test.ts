import assert from "node:assert/strict";
import { test } from "node:test";
import { packCompat } from "../artifact/pack-compat.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type Fault, type FaultSource, type Registry, startRegistry } from "../registry/index.js";
import { startCuttingProxy } from "../testing/cutting-proxy.js";
import { emptyWasm } from "../testing/hostile.js";
import type { RemoteOptions } from "./options.js";

// 1 MB and some that do not compress.
const random = Array.from({ length: 17 }, () => crypto.getRandomValues(new Uint8Array(65_536)));
const artifact = packCompat({ wasm: Buffer.concat([emptyWasm, ...random]) });
const layerBytes = artifact.layers[0]?.bytes.length ?? 0;
const pieces: RemoteOptions = { uploadChunkBytes: 256 * 1024, retries: 3, retryDelayMs: 1 };

async function withRegistry(faults: FaultSource, work: (registry: Registry) => Promise<void>): Promise<void> {
  const registry = await startRegistry({ faults });
  try {
    await work(registry);
  } finally {
    await registry.close();
  }
}

const patches = ({ requests }: Registry) => requests.filter(({ method }) => method === "PATCH");
const received = (registry: Registry) =>
  patches(registry).reduce((sum, request) => sum + request.received, 0);

test("a blob larger than a chunk is uploaded in chunks, in order", () =>
  withRegistry([], async (registry) => {
    const [pushed] = await push(artifact, [`${registry.host}/a:1`], pieces);
    const ranges = patches(registry).map(({ headers }) => headers["content-range"]);
    assert.equal(ranges.length, Math.ceil(layerBytes / (256 * 1024)));
    assert.equal(ranges[0], "0-262143");
    assert.equal(ranges.at(-1)?.split("-")[1], String(layerBytes - 1));
    assert.equal(received(registry), layerBytes);
    assert.equal(pushed?.uploadedBytes, pushed?.bytes);
    assert.equal((await pull(`${registry.host}/a:1`)).digest, artifact.digest);
  }));

test("by default only a big blob is; 0 means never", () =>
  withRegistry([], async (registry) => {
    await push(artifact, [`${registry.host}/a:1`]);
    await push(artifact, [`${registry.host}/b:1`], { uploadChunkBytes: 0 });
    assert.deepEqual(patches(registry), []);
  }));

test("a chunk whose answer is lost is not sent again", async () => {
  const registry = await startRegistry();
  const proxy = await startCuttingProxy(registry.port);
  await push(artifact, [`${proxy.host}/whole:1`], pieces);
  const total = proxy.passed.toClient;
  for (let index = 0; index < 12; index++) {
    const before = received(registry);
    proxy.cutAfter("toClient", Math.round((index * (total - 1)) / 11));
    await push(artifact, [`${proxy.host}/a${index}:1`], pieces);
    assert.equal(received(registry) - before, layerBytes);
  }
  await Promise.all([proxy.close(), registry.close()]);
});

test("after a cut only the rest goes again", async () => {
  const registry = await startRegistry();
  const proxy = await startCuttingProxy(registry.port);
  proxy.cutAfter("toServer", 700_000);
  await push(artifact, [`${proxy.host}/a:1`], pieces);
  // The embedded registry takes a chunk whole or not at all: what was cut is one chunk.
  const sent = proxy.passed.toServer;
  assert.ok(sent < layerBytes + 256 * 1024 + 20_000, `${sent} bytes for ${layerBytes}`);
  assert.equal((await pull(`${registry.host}/a:1`)).digest, artifact.digest);
  await Promise.all([proxy.close(), registry.close()]);
});

test("a dropped or refused chunk is survived", async () => {
  const faults: Fault[] = [{ type: "drop" }, { type: "status", status: 503 }];
  for (const fault of faults) {
    await withRegistry([{ when: "PATCH /", fault, times: 2 }], async (registry) => {
      await push(artifact, [`${registry.host}/a:1`], pieces);
      assert.equal((await pull(`${registry.host}/a:1`)).digest, artifact.digest);
    });
  }
});

test("an upload that the registry has forgotten begins anew", () =>
  withRegistry(
    [
      { when: "PATCH /", fault: { type: "drop" }, times: 1 },
      { when: "GET /uploads/", fault: { type: "status", status: 404 }, times: 4 },
    ],
    async (registry) => {
      await push(artifact, [`${registry.host}/a:1`], pieces);
      assert.equal((await pull(`${registry.host}/a:1`)).digest, artifact.digest);
    },
  ));

test("a registry that takes no big request gets chunks", () =>
  withRegistry(
    ({ method, headers }) =>
      method === "PUT" && Number(headers["content-length"]) > 1024 * 1024
        ? { type: "status", status: 413 }
        : undefined,
    async (registry) => {
      await push(artifact, [`${registry.host}/a:1`]);
      assert.equal(patches(registry).length, 2);
      assert.equal((await pull(`${registry.host}/a:1`)).digest, artifact.digest);
    },
  ));

test("the registry's least size of a chunk is kept", () =>
  withRegistry(
    [{ when: "POST /", fault: { type: "headers", headers: { "oci-chunk-min-length": "500000" } } }],
    async (registry) => {
      await push(artifact, [`${registry.host}/a:1`], pieces);
      assert.deepEqual(
        patches(registry)
          .map(({ received }) => received)
          .slice(0, -1),
        [500_000, 500_000],
      );
    },
  ));

const lies: [string, Fault][] = [
  ["nothing", { type: "headers", headers: { range: "0-0" } }],
  ["more than was sent", { type: "headers", headers: { range: "0-99999999" } }],
];

for (const [name, fault] of lies) {
  test(`a registry that always says it has ${name} is given up`, () =>
    withRegistry([{ when: "PATCH /", fault }], async (registry) => {
      const expected = { code: "REGISTRY_ERROR", message: /says that it has \d+ bytes/ };
      await assert.rejects(push(artifact, [`${registry.host}/a:1`], pieces), expected);
      await assert.rejects(pull(`${registry.host}/a:1`), { code: "NOT_FOUND" });
    }));
}

test("run again, an interrupted push sends only what is missing", async () => {
  let isBroken = true;
  const faults: FaultSource = ({ method, path }) =>
    isBroken && method === "PUT" && path.includes("/manifests/") ? { type: "drop" } : undefined;
  await withRegistry(faults, async (registry) => {
    const once = { ...pieces, retries: 0 };
    await assert.rejects(push(artifact, [`${registry.host}/a:1`], once), { code: "REGISTRY_UNREACHABLE" });
    isBroken = false;
    const before = registry.requests.length;
    const [again] = await push(artifact, [`${registry.host}/a:1`], once);
    assert.equal(again?.uploadedBytes, artifact.manifestBytes.length);
    const rest = registry.requests.slice(before).map(({ method }) => method);
    // The tag, the config, the layer; then the manifest.
    assert.deepEqual(rest, ["HEAD", "HEAD", "HEAD", "PUT"]);
  });
});

test("pushing what is there makes at most three requests and sends nothing", () =>
  withRegistry([], async (registry) => {
    await push(artifact, [`${registry.host}/a:1`]);
    const before = registry.requests.length;
    const [again] = await push(artifact, [`${registry.host}/a:1`]);
    const requests = registry.requests.slice(before);
    assert.equal(again?.uploadedBytes, 0);
    assert.ok(requests.length <= 3, `${requests.length} requests`);
    assert.equal(
      requests.reduce((sum, request) => sum + request.received, 0),
      0,
    );
  }));
