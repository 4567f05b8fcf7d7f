import assert from "node:assert/strict";
import { test } from "node:test";
import { asObject, encodeJson, parseJson } from "../json.js";
import { newPrivateKey } from "../testing/keys.js";
import {
  encodeBundle,
  hintOf,
  parseBundle,
  parseEnvelope,
  preAuthEncoding,
  UnsupportedBundle,
} from "./bundle.js";
import { encodeStatement } from "./statement.js";

const statement = encodeStatement({ digest: `sha256:${"a".repeat(64)}` }, "https://example.com/t", {});
const payload = Buffer.from(statement).toString("base64");
const envelope = { payload, payloadType: "application/vnd.in-toto+json", signatures: [{ sig: "AAAA" }] };

test("DSSE's own example of its encoding", () => {
  // https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md#test-vectors
  const encoded = preAuthEncoding("http://example.com/HelloWorld", new TextEncoder().encode("hello world"));
  assert.equal(new TextDecoder().decode(encoded), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

for (const algorithm of ["ecdsa-p256", "ed25519"] as const) {
  test(`${algorithm}: what is signed is read back, and its signature is one of the key's`, async () => {
    const key = await newPrivateKey(algorithm);
    const found = parseBundle(encodeBundle(statement, key));
    assert.deepEqual(found.statement.subjects, [`sha256:${"a".repeat(64)}`]);
    assert.ok(key.publicKey.verifies(found.signed, found.signature));
    assert.equal(found.keyHint, hintOf(key.publicKey.id));
    const other = await newPrivateKey(algorithm);
    assert.ok(!other.publicKey.verifies(found.signed, found.signature));
    assert.ok(!key.publicKey.verifies(statement, found.signature), "the bare payload is not what is signed");
  });
}

test("bundles that are none, or of another kind", async (t) => {
  const good = asObject(parseJson(encodeBundle(statement, await newPrivateKey()), "it"), "it");
  const table: [string, object, RegExp, boolean][] = [
    ["a list", [], /bundle/, false],
    ["another type", { ...good, mediaType: "text/plain" }, /no Sigstore bundle/, false],
    ["no type", { ...good, mediaType: undefined }, /no Sigstore bundle/, false],
    ["no material", { ...good, verificationMaterial: null }, /verificationMaterial/, false],
    ["no envelope", { ...good, dsseEnvelope: undefined }, /envelope/, false],
    ["a bare signature", { ...good, messageSignature: {} }, /bare signature/, true],
  ];
  for (const [name, value, message, isUnsupported] of table) {
    await t.test(name, () => {
      assert.throws(
        () => parseBundle(encodeJson(value)),
        (error: Error) => {
          assert.match(error.message, message);
          assert.equal(error instanceof UnsupportedBundle, isUnsupported);
          return true;
        },
      );
    });
  }
});

test("envelopes that are none, or of another kind", async (t) => {
  const table: [string, object, RegExp][] = [
    ["no payload", { ...envelope, payload: undefined }, /no DSSE envelope/],
    ["no signatures", { ...envelope, signatures: {} }, /no DSSE envelope/],
    ["another payload", { ...envelope, payloadType: "text/plain" }, /"text\/plain"/],
    ["none signed", { ...envelope, signatures: [] }, /0 signatures/],
    ["two signed", { ...envelope, signatures: [{ sig: "" }, { sig: "" }] }, /2 signatures/],
    ["a signature that is no text", { ...envelope, signatures: [{ sig: 1 }] }, /no text/],
    ["a payload that is no statement", { ...envelope, payload: "e30=" }, /no in-toto statement/],
  ];
  assert.equal(parseEnvelope(envelope).statement.predicateType, "https://example.com/t");
  for (const [name, value, message] of table) {
    await t.test(name, () => assert.throws(() => parseEnvelope(value), { message }));
  }
});
