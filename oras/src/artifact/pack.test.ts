import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../digest.js";
import { inspect } from "../inspect.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { startRegistry } from "../registry/index.js";
import { type Format, formats, pack } from "./pack.js";
import type { OciInput } from "./pack-oci.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const input: OciInput = {
  wasm,
  files: new Map([
    ["README.md", bytes("# hello, wörld\n")],
    ["filter.yaml", bytes("name: hello\n")],
    ["config.schema.json", bytes("{}\n")],
  ]),
  metadata: { title: "hello", version: "1.2.3" },
  annotations: { "com.example.team": "edge" },
  rootIds: ["hello"],
  abiVersions: ["v0.2.1"],
};

const golden: Record<Format, [digest: string, loadableBy: string[]]> = {
  compat: [
    "sha256:b3b5b258ec04d05956012cc65f61ca2ec5a9a4d66c41ed95b473523b0cef7e07",
    ["istio", "envoy-gateway", "kubernetes-image-volume"],
  ],
  oci: [
    "sha256:8dcca95596939bb380bf91b86438a8f7f0c42b8cf6d9935dde3ff080da5c01d7",
    ["istio", "envoy-gateway", "wasme"],
  ],
  cncf: ["sha256:75aca25fb771e1ddbac3f71e0373bf673a67a49941e7919659e43f7f3868f431", ["cncf"]],
};

for (const format of formats) {
  test(`${format}: the digest is fixed, and its consumers are known`, () => {
    const artifact = pack(input, format);
    assert.deepEqual([artifact.digest, artifact.loadableBy], golden[format]);
    assert.equal(artifact.digest, digestOf(artifact.manifestBytes));
    assert.equal(artifact.wasmDigest, digestOf(wasm));
  });

  test(`${format}: the order of files and annotations changes no byte`, () => {
    const annotations = { z: "1", a: "2" };
    const reversed = { a: "2", z: "1" };
    const files = new Map([...(input.files ?? [])].reverse());
    const one = pack({ ...input, annotations }, format);
    const two = pack({ ...input, files, annotations: reversed }, format);
    assert.deepEqual(one.manifestBytes, two.manifestBytes);
  });

  test(`${format}: what is pushed is pulled and inspected with all its files`, async (t) => {
    const registry = await startRegistry();
    t.after(() => registry.close());
    const artifact = pack(input, format);
    await push(artifact, [`${registry.host}/a:1`]);
    const pulled = await pull(`${registry.host}/a:1`);
    assert.deepEqual(pulled.wasm, wasm);
    assert.deepEqual([...pulled.files].sort(), [...(input.files ?? [])].sort());
    const found = await inspect(`${registry.host}/a:1`);
    assert.equal(found.problem, undefined);
    assert.equal(found.filterYaml, "name: hello\n");
    assert.deepEqual([found.hasConfigSchema, found.hasReadme], [true, true]);
    assert.deepEqual(found.loadableBy, artifact.loadableBy);
  });

  test(`${format}: an annotation of the layout's own is refused`, () => {
    for (const key of [
      "module.wasm.image/variant",
      "module.wasm.runtime/type",
      "io.meshwasm.file/filter.yaml",
    ]) {
      const expected = { code: "INPUT_INVALID", message: /written by the layout/ };
      assert.throws(() => pack({ wasm, annotations: { [key]: "x" } }, format), expected);
    }
  });
}

test("oci: config and first layer are wasme's runtime configuration", () => {
  const { config, layers, manifest } = pack(input, "oci");
  assert.deepEqual(config.bytes, layers[0]?.bytes);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(config.bytes)), {
    type: "envoy_proxy",
    abiVersions: ["v0.2.1"],
    config: { rootIds: ["hello"] },
  });
  assert.deepEqual(
    manifest.layers.map(({ mediaType, annotations }) => [
      mediaType,
      annotations?.["org.opencontainers.image.title"],
    ]),
    [
      ["application/vnd.module.wasm.config.v1+json", "runtime-config.json"],
      ["application/vnd.module.wasm.content.layer.v1+wasm", "filter.wasm"],
    ],
  );
  assert.equal(manifest.annotations?.["module.wasm.runtime/abi_version"], "v0.2.1");
  assert.equal(manifest.annotations?.["io.meshwasm.file/filter.yaml"], "name: hello\n");
  assert.equal(manifest.annotations?.["module.wasm.image/variant"], undefined);
});

test("cncf: the config names the layer", () => {
  const { config, layers } = pack({ wasm }, "cncf");
  assert.deepEqual(JSON.parse(new TextDecoder().decode(config.bytes)), {
    created: "1970-01-01T00:00:00Z",
    architecture: "wasm",
    os: "wasip1",
    layerDigests: [layers[0]?.descriptor.digest],
  });
  const created = "2026-01-31T12:00:00Z";
  const dated = pack({ wasm, metadata: { created } }, "cncf");
  assert.equal(JSON.parse(new TextDecoder().decode(dated.config.bytes)).created, created);
});

test("what a format cannot hold is refused", () => {
  const large = new Map([["README.md", new Uint8Array(256 * 1024 + 1).fill(0x20)]]);
  const binary = new Map([["README.md", Uint8Array.of(0xff)]]);
  for (const format of ["oci", "cncf"] as const) {
    assert.throws(() => pack({ wasm, files: large }, format), {
      code: "INPUT_INVALID",
      message: /262145 bytes/,
    });
    assert.throws(() => pack({ wasm, files: binary }, format), {
      code: "INPUT_INVALID",
      message: /not UTF-8/,
    });
    assert.throws(() => pack({ wasm: bytes("text") }, format), {
      code: "INPUT_INVALID",
      message: /not WebAssembly/,
    });
  }
  assert.ok(pack({ wasm, files: large }).digest);
  assert.throws(() => pack({ wasm, rootIds: [""] }, "oci"), { code: "INPUT_INVALID", message: /rootIds/ });
  assert.throws(() => pack({ wasm }, "zip" as Format), {
    code: "OPTION_INVALID",
    exitCode: 2,
    message: /"zip"/,
  });
});
