import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeJson } from "./json.js";
import { parseManifest } from "./manifest.js";
import { mediaTypes } from "./media-types.js";

const digest = `sha256:${"1".repeat(64)}`;
const config = { mediaType: mediaTypes.ociConfig, digest, size: 2 };
const layer = { mediaType: mediaTypes.ociLayerGzip, digest, size: 3, annotations: { a: "b" } };
const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer] };

test("a manifest is read with its known fields only", () => {
  const subject = { mediaType: mediaTypes.ociManifest, digest, size: 4, urls: ["https://r.example.com"] };
  const text = encodeJson({ ...manifest, subject, artifactType: "a/b", annotations: { x: "y" }, extra: 1 });
  const { urls: _, ...known } = subject;
  assert.deepEqual(parseManifest(text), {
    ...manifest,
    subject: known,
    artifactType: "a/b",
    annotations: { x: "y" },
  });
});

test("the served content type fills in for a missing mediaType", () => {
  const { mediaType: _, ...untyped } = manifest;
  assert.equal(parseManifest(encodeJson(untyped)).mediaType, mediaTypes.ociManifest);
  const asDocker = parseManifest(encodeJson(untyped), mediaTypes.dockerManifest);
  assert.equal(asDocker.mediaType, mediaTypes.dockerManifest);
});

test("an annotation named __proto__ is data", () => {
  const text = JSON.stringify(manifest).replace('"a":"b"', '"__proto__":"b"');
  const { annotations } = parseManifest(new TextEncoder().encode(text)).layers[0] ?? {};
  assert.deepEqual(Object.entries(annotations ?? {}), [["__proto__", "b"]]);
});

test("malformed manifests are refused", async (t) => {
  const table: [string, unknown, string, RegExp][] = [
    ["an array", [], "MANIFEST_INVALID", /not a JSON object/],
    ["null", null, "MANIFEST_INVALID", /not a JSON object/],
    ["schema 1", { ...manifest, schemaVersion: 1 }, "MANIFEST_INVALID", /schemaVersion 2/],
    ["no config", { ...manifest, config: undefined }, "MANIFEST_INVALID", /config is not a JSON object/],
    ["no layers", { ...manifest, layers: {} }, "MANIFEST_INVALID", /no list of layers/],
    [
      "another type",
      { ...manifest, mediaType: "a/b" },
      "MANIFEST_INVALID",
      /a\/b, which is no image manifest/,
    ],
    ["a bad type", { ...manifest, mediaType: 1 }, "MANIFEST_INVALID", /no valid mediaType/],
    ["a negative size", withLayer({ size: -1 }), "MANIFEST_INVALID", /layers\[0\] has no valid size/],
    ["a fractional size", withLayer({ size: 1.5 }), "MANIFEST_INVALID", /no valid size/],
    ["a huge size", withLayer({ size: 2 ** 60 }), "MANIFEST_INVALID", /no valid size/],
    ["a size in quotes", withLayer({ size: "3" }), "MANIFEST_INVALID", /no valid size/],
    ["a short digest", withLayer({ digest: "sha256:00" }), "MANIFEST_INVALID", /digest that has 2/],
    ["a path as digest", withLayer({ digest: "../../x" }), "MANIFEST_INVALID", /no algorithm/],
    ["no layer type", withLayer({ mediaType: "" }), "MANIFEST_INVALID", /no valid mediaType/],
    ["annotations of numbers", withLayer({ annotations: { a: 1 } }), "MANIFEST_INVALID", /no string/],
    ["10,000 layers", { ...manifest, layers: Array(10_000).fill(layer) }, "SIZE_LIMIT", /10000 layers/],
    ["an index", { ...manifest, mediaType: mediaTypes.ociIndex }, "ARTIFACT_INVALID", /image index/],
    ["a hidden index", { ...manifest, manifests: [{ digest }] }, "ARTIFACT_INVALID", /image index/],
  ];
  for (const [name, value, code, message] of table) {
    await t.test(name, () => {
      assert.throws(() => parseManifest(encodeJson(value)), { name: "MeshwasmError", code, message });
    });
  }
});

test("what is served as another type is refused", () => {
  const message = /was served as application\/vnd\.docker/;
  assert.throws(() => parseManifest(encodeJson(manifest), mediaTypes.dockerManifest), { message });
});

test("bytes that are no UTF-8, no JSON or too many are refused", () => {
  assert.throws(() => parseManifest(Uint8Array.of(0x22, 0xff, 0x22)), { code: "MANIFEST_INVALID" });
  assert.throws(() => parseManifest(new TextEncoder().encode("\ufeff{}")), { code: "MANIFEST_INVALID" });
  assert.throws(() => parseManifest(new Uint8Array()), { code: "MANIFEST_INVALID" });
  assert.throws(() => parseManifest(new Uint8Array(4 * 1024 * 1024 + 1)), { code: "SIZE_LIMIT" });
});

function withLayer(change: Record<string, unknown>): unknown {
  return { ...manifest, layers: [{ ...layer, ...change }] };
}
