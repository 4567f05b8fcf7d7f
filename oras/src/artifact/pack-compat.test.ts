import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { readTar } from "../archive/tar-read.js";
import { digestOf } from "../digest.js";
import { packCompat } from "./pack-compat.js";
import type { PackInput } from "./pack-input.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const input: PackInput = {
  wasm,
  files: new Map([
    ["README.md", bytes("# hello\n")],
    ["filter.yaml", bytes("name: hello\n")],
    ["config.schema.json", bytes("{}\n")],
  ]),
  metadata: { title: "hello", version: "1.2.3", licenses: "Apache-2.0", description: "" },
  annotations: { "com.example.team": "edge" },
};

test("the digest is fixed", () => {
  const artifact = packCompat(input);
  assert.equal(artifact.digest, "sha256:53dad0f6de32e6096ed039f67a73f60fb983803197eb4300bc8781384d7e3f8e");
  assert.equal(artifact.digest, digestOf(artifact.manifestBytes));
  assert.equal(artifact.wasmDigest, digestOf(wasm));
  assert.deepEqual(artifact.loadableBy, ["istio", "envoy-gateway", "kubernetes-image-volume"]);
});

test("neither run nor order changes a byte", () => {
  const reversed: PackInput = {
    ...input,
    files: new Map([...(input.files ?? [])].reverse()),
    annotations: { "com.example.team": "edge" },
  };
  assert.deepEqual(packCompat(input).manifestBytes, packCompat(reversed).manifestBytes);
  const one = packCompat({ wasm, annotations: { a: "1", b: "2" } });
  const two = packCompat({ wasm, annotations: { b: "2", a: "1" } });
  assert.equal(one.digest, two.digest);
});

test("the layer holds the module first, the diff_id is that of the tar", () => {
  const { layers, config, manifest } = packCompat(input);
  assert.equal(layers.length, 1);
  const tar = gunzipSync(layers[0]?.bytes ?? new Uint8Array());
  assert.deepEqual(
    readTar(tar).map(({ name }) => name),
    ["plugin.wasm", "filter.yaml", "config.schema.json", "README.md"],
  );
  assert.deepEqual(JSON.parse(new TextDecoder().decode(config.bytes)), {
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
  });
  assert.deepEqual(manifest.annotations, {
    "com.example.team": "edge",
    "module.wasm.image/variant": "compat",
    "org.opencontainers.image.licenses": "Apache-2.0",
    "org.opencontainers.image.title": "hello",
    "org.opencontainers.image.version": "1.2.3",
  });
});

test("a creation time is written only when given", () => {
  const created = "2026-01-31T12:00:00Z";
  const { manifest, config } = packCompat({ wasm, metadata: { created } });
  assert.equal(manifest.annotations?.["org.opencontainers.image.created"], created);
  assert.equal(JSON.parse(new TextDecoder().decode(config.bytes)).created, created);
  assert.doesNotMatch(new TextDecoder().decode(packCompat({ wasm }).manifestBytes), /created/);
});

test("what cannot be packed is refused", async (t) => {
  const table: [string, PackInput, RegExp][] = [
    ["no wasm", { wasm: bytes("hello, world") }, /not WebAssembly/],
    ["an empty module", { wasm: new Uint8Array() }, /not WebAssembly/],
    ["another file", { wasm, files: new Map([["../x", bytes("")]]) }, /no file "\.\.\/x"/],
    ["a second module", { wasm, files: new Map([["plugin.wasm", wasm]]) }, /no file "plugin\.wasm"/],
    ["an empty key", { wasm, annotations: { "": "x" } }, /annotation key "" is not valid/],
    ["a key with a space", { wasm, annotations: { "a b": "x" } }, /annotation key "a b"/],
    ["the variant", { wasm, annotations: { "module.wasm.image/variant": "oci" } }, /written by the layout/],
    ["a date as time", { wasm, metadata: { created: "2026-01-31" } }, /no RFC 3339 time/],
    ["an impossible time", { wasm, metadata: { created: "2026-99-31T12:00:00Z" } }, /no RFC 3339 time/],
  ];
  for (const [name, wrong, message] of table) {
    await t.test(name, () => {
      assert.throws(() => packCompat(wrong), { name: "MeshwasmError", code: "INPUT_INVALID", message });
    });
  }
});
