import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pack } from "../artifact/pack.js";
import { attach } from "../attach.js";
import { copy } from "../copy.js";
import { MeshwasmError } from "../errors.js";
import { push } from "../push.js";
import { referrers } from "../referrers.js";
import { startRegistry } from "../registry/start.js";
import { newPrivateKey } from "../testing/keys.js";
import { startRegistryWithoutReferrers } from "../testing/plain-registry.js";
import { withTempFolder } from "../testing/temp-folder.js";
import { attest } from "./attest.js";
import { encodeBundle } from "./bundle.js";
import { attachmentTypes, predicateTypes } from "./predicate-types.js";
import { sign } from "./sign.js";
import { encodeStatement } from "./statement.js";
import { verify } from "./verify.js";

const artifact = pack({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) });
const other = pack({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), metadata: { title: "other" } });

/** A repository with an artifact, and a key. */
async function scene(t: TestContext, start = startRegistry) {
  const registry = await start();
  t.after(() => registry.close());
  const ref = `${registry.host}/filters/hello:1.0.0`;
  await push(artifact, [ref]);
  const key = await newPrivateKey();
  return { registry, ref, key, signers: [{ key: key.publicKey }] };
}

for (const [name, start] of [
  ["the referrers API", () => startRegistry()],
  ["the tag that stands in for it", startRegistryWithoutReferrers],
] as const) {
  for (const algorithm of ["ecdsa-p256", "ed25519"] as const) {
    test(`signs with ${algorithm} and verifies by ${name}`, async (t) => {
      const { ref } = await scene(t, start);
      const key = await newPrivateKey(algorithm);
      const signed = await sign(ref, key);
      assert.equal(signed.digest, artifact.digest);
      assert.ok(signed.isNew);
      const result = await verify(ref, { signers: [{ key: key.publicKey }] });
      assert.equal(result.digest, artifact.digest);
      assert.deepEqual(result.refused, []);
      assert.deepEqual(result.verified, [
        {
          format: "bundle",
          digest: signed.signature,
          by: { kind: "key", algorithm, keyId: key.publicKey.id },
          predicateType: predicateTypes.signature,
        },
      ]);
      const again = await sign(ref, key);
      assert.deepEqual([again.isNew, again.signature], [false, signed.signature]);
      assert.equal((await referrers(ref)).length, 1);
    });
  }
}

test("a signature travels with a copy to a layout on disk", async (t) => {
  const { ref, key, signers } = await scene(t);
  await sign(ref, key);
  await withTempFolder(async (folder) => {
    const mirror = `oci:${folder}/mirror:1.0.0`;
    await copy(ref, mirror, { recursive: true });
    assert.equal((await verify(mirror, { signers })).verified.length, 1);
    const second = await newPrivateKey("ed25519");
    await sign(mirror, second);
    assert.equal((await verify(mirror, { signers: [{ key: second.publicKey }] })).refused.length, 1);
  });
});

test("unsigned, signed by another, and no artifact at all are three different errors", async (t) => {
  const { ref, signers } = await scene(t);
  await assert.rejects(verify(ref, { signers }), { code: "SIGNATURE_MISSING", exitCode: 1, hint: /sign it/ });
  await sign(ref, await newPrivateKey());
  await assert.rejects(verify(ref, { signers }), (error) => {
    assert.ok(error instanceof MeshwasmError);
    assert.equal(error.code, "SIGNATURE_UNTRUSTED");
    assert.equal(error.exitCode, 1);
    assert.ok(Array.isArray(error.details) && error.details.length === 1);
    return true;
  });
  await assert.rejects(verify(`${ref}-none`, { signers }), { code: "NOT_FOUND" });
  await assert.rejects(verify(ref, { signers: [] }), { code: "OPTION_INVALID" });
});

test("a good signature of another artifact does not count", async (t) => {
  const { ref, key, signers } = await scene(t);
  const bundle = encodeBundle(encodeStatement({ digest: other.digest }, predicateTypes.signature, {}), key);
  await attachBundle(ref, bundle);
  await assert.rejects(verify(ref, { signers }), {
    code: "SIGNATURE_MISMATCH",
    message: new RegExp(other.digest),
  });
});

test("an attestation is no signature, and a signature no attestation", async (t) => {
  const { ref, key, signers } = await scene(t);
  await attest(ref, predicateTypes.cyclonedx, { bomFormat: "CycloneDX" }, { key });
  await assert.rejects(verify(ref, { signers }), { code: "SIGNATURE_MISSING" });
  const predicateType = predicateTypes.cyclonedx;
  assert.equal((await verify(ref, { signers, predicateType })).verified[0]?.predicateType, predicateType);
  await assert.rejects(verify(ref, { signers, predicateType: predicateTypes.provenance }), {
    code: "SIGNATURE_MISSING",
    message: /slsa/,
  });
});

test("a damaged signature is refused by name, and does not keep a good one from counting", async (t) => {
  const { ref, key, signers } = await scene(t);
  const statement = encodeStatement({ digest: artifact.digest }, predicateTypes.signature, {});
  const good = JSON.parse(Buffer.from(encodeBundle(statement, key)).toString());
  const changed = (change: (bundle: typeof good) => void) => {
    const bundle = structuredClone(good);
    change(bundle);
    return Buffer.from(JSON.stringify(bundle));
  };
  const stranger = encodeStatement({ digest: artifact.digest }, predicateTypes.signature, { more: 1 });
  const hostile: [string, Uint8Array, string][] = [
    ["empty", new Uint8Array(), "SIGNATURE_INVALID"],
    ["no JSON", Buffer.from("{"), "SIGNATURE_INVALID"],
    ["another type", Buffer.from("[]"), "SIGNATURE_INVALID"],
    ["null", Buffer.from("null"), "SIGNATURE_INVALID"],
    [
      "nothing in it",
      Buffer.from('{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}'),
      "SIGNATURE_INVALID",
    ],
    ["deep", Buffer.from("[".repeat(100_000)), "SIGNATURE_INVALID"],
    ["no signature", changed((b) => (b.dsseEnvelope.signatures = [])), "SIGNATURE_INVALID"],
    ["two signatures", changed((b) => b.dsseEnvelope.signatures.push({ sig: "AAAA" })), "SIGNATURE_INVALID"],
    ["a changed signature", changed((b) => (b.dsseEnvelope.signatures[0].sig = "AAAA")), "SIGNATURE_INVALID"],
    [
      "a changed payload",
      changed((b) => (b.dsseEnvelope.payload = Buffer.from(stranger).toString("base64"))),
      "SIGNATURE_INVALID",
    ],
    [
      "another payload type",
      changed((b) => (b.dsseEnvelope.payloadType = "text/plain")),
      "SIGNATURE_UNSUPPORTED",
    ],
    [
      "a payload that is no statement",
      changed((b) => (b.dsseEnvelope.payload = Buffer.from("{}").toString("base64"))),
      "SIGNATURE_INVALID",
    ],
    [
      "a bare signature",
      Buffer.from(
        JSON.stringify({
          mediaType: good.mediaType,
          verificationMaterial: good.verificationMaterial,
          messageSignature: { messageDigest: { algorithm: "SHA2_256", digest: "AAAA" }, signature: "AAAA" },
        }),
      ),
      "SIGNATURE_UNSUPPORTED",
    ],
  ];
  for (const [name, bytes, code] of hostile) {
    const [subject] = await push(pack({ wasm: artifactOf(name) }), [ref.replace(":1.0.0", ":dev")]);
    assert.ok(subject);
    await attachBundle(subject.ref, bytes);
    await assert.rejects(verify(subject.ref, { signers }), { code, exitCode: 1 }, name);
    await sign(subject.ref, key);
    const { verified, refused } = await verify(subject.ref, { signers });
    assert.deepEqual([verified.length, refused.map((each) => each.code)], [1, [code]], name);
  }
});

test("a list of referrers that lies, a lost blob and a registry that fails are told apart", async (t) => {
  const key = await newPrivateKey();
  const signers = [{ key: key.publicKey }];
  let broken: "none" | "blob" | "list" = "none";
  const registry = await startRegistry({
    faults: ({ method, path }) => {
      if (method === "GET" && broken === "blob" && path.includes("/blobs/")) return { type: "corrupt" };
      if (broken === "list" && path.includes("/referrers/")) return { type: "status", status: 403 };
      return undefined;
    },
  });
  t.after(() => registry.close());
  const ref = `${registry.host}/filters/hello:1.0.0`;
  await push(artifact, [ref]);
  await sign(ref, key);
  broken = "blob";
  await assert.rejects(verify(ref, { signers, retries: 0 }), { code: "SIGNATURE_INVALID" });
  broken = "list";
  await assert.rejects(verify(ref, { signers, retries: 0 }), { code: "REGISTRY_FORBIDDEN", exitCode: 3 });
});

function artifactOf(name: string): Uint8Array {
  // A custom section, so that each case has an artifact of its own.
  const section = [1, 120, ...Buffer.from(name)];
  return Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 0, section.length, ...section);
}

function attachBundle(ref: string, bytes: Uint8Array) {
  return attach(ref, {
    artifactType: attachmentTypes.bundle,
    layers: [{ mediaType: attachmentTypes.bundle, bytes }],
  });
}
