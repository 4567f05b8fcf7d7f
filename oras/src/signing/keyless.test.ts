import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pack } from "../artifact/pack.js";
import { attach } from "../attach.js";
import { push } from "../push.js";
import { startRegistry } from "../registry/start.js";
import { newPrivateKey } from "../testing/keys.js";
import {
  type KeylessOptions,
  newInstance,
  type SigstoreInstance,
  signKeyless,
  trustedRoot,
} from "../testing/sigstore/instance.js";
import { attachmentTypes, predicateTypes } from "./predicate-types.js";
import { sign } from "./sign.js";
import type { Identity } from "./signer.js";
import { encodeStatement } from "./statement.js";
import { loadTrustRoot, type TrustThresholds } from "./trust-root.js";
import { verify } from "./verify.js";

const artifact = pack({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) });
const issuer = "https://issuer.example.com";
const subject = "https://git.example.com/acme/filters/.ci/release.yml@refs/tags/v1.0.0";
const who = { issuer, subject };

/** An artifact, and a way to attach keyless signatures to it, each to an artifact of its own. */
async function scene(t: TestContext) {
  const registry = await startRegistry();
  t.after(() => registry.close());
  let count = 0;
  const signed = async (instance: SigstoreInstance, options: KeylessOptions, digest?: string) => {
    const [pushed] = await push(
      pack({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), metadata: { title: `${count++}` } }),
      [`${registry.host}/keyless/a${count}:1.0.0`],
    );
    assert.ok(pushed);
    const statement = encodeStatement({ digest: digest ?? pushed.digest }, predicateTypes.signature, {});
    await attachBundle(pushed.ref, signKeyless(instance, statement, options));
    return pushed.ref;
  };
  return { registry, signed };
}

function attachBundle(ref: string, bytes: Uint8Array) {
  const type = attachmentTypes.bundle;
  return attach(ref, { artifactType: type, layers: [{ mediaType: type, bytes }] });
}

async function check(ref: string, instance: SigstoreInstance, identity: Identity, limits?: TrustThresholds) {
  const trustRoot = await loadTrustRoot(trustedRoot(instance), limits);
  return verify(ref, { signers: [{ identity }], trustRoot });
}

test("who signed counts, exactly or by a pattern that matches all of it", async (t) => {
  const { signed } = await scene(t);
  const instance = newInstance();
  const ref = await signed(instance, who);
  const mail = await signed(instance, { issuer, subject: "dev@acme.example" });
  const { verified } = await check(ref, instance, who);
  assert.deepEqual(verified[0]?.by, { kind: "identity", ...who });
  const good: [string, Identity][] = [
    [ref, { issuer, subject: /https:\/\/git\.example\.com\/acme\/.*@refs\/tags\/v.*/ }],
    [ref, { issuer: /https:\/\/issuer\.example\.(com|org)/, subject }],
    [mail, { issuer, subject: "dev@acme.example" }],
    [mail, { issuer, subject: /.*@acme\.example/ }],
  ];
  for (const [each, identity] of good) await check(each, instance, identity);
  const bad: [string, Identity][] = [
    [ref, { issuer: "https://other.example.com", subject }],
    [ref, { issuer, subject: subject.replace("v1.0.0", "v1.0.1") }],
    // A part of it, unanchored.
    [ref, { issuer, subject: /git\.example\.com\/acme/ }],
    [ref, { issuer: /issuer\.example/, subject }],
    [mail, { issuer, subject: "acme.example" }],
    [mail, { issuer, subject: /ev@acme|dev@acme/ }],
    // Exact texts are no patterns.
    [ref, { issuer, subject: ".*" }],
  ];
  for (const [each, identity] of bad) {
    const name = `${identity.issuer} ${identity.subject}`;
    await assert.rejects(check(each, instance, identity), { code: "SIGNATURE_UNTRUSTED", exitCode: 1 }, name);
  }
});

test("a certificate of minutes is good long after, at the time that the log signed", async (t) => {
  const { signed } = await scene(t);
  const instance = newInstance();
  const from = new Date(Date.now() - 86_400_000 * 30);
  await check(await signed(instance, { ...who, from }), instance, who);
  const late = new Date(from.getTime() + 3_600_000);
  await assert.rejects(check(await signed(instance, { ...who, from, loggedAt: late }), instance, who), {
    code: "SIGNATURE_UNTRUSTED",
    message: /certificate/,
  });
});

test("what does not vouch for a signature makes it count for nothing", async (t) => {
  const { signed } = await scene(t);
  const instance = newInstance();
  const other = newInstance();
  const cases: [name: string, ref: string, code?: string][] = [
    ["an unknown authority", await signed({ ...instance, authority: other.authority }, who)],
    ["an unknown certificate log", await signed({ ...instance, certificateLog: other.certificateLog }, who)],
    ["an unknown log", await signed({ ...instance, log: other.log }, who)],
    ["a certificate that was not logged", await signed(instance, { ...who, certificateLogged: false })],
    ["a signature that was not logged", await signed(instance, { ...who, logged: false })],
    ["a time that nobody signed", await signed(instance, { ...who, promised: false })],
    ["an entry of another signature", await signed(instance, { ...who, otherEntry: true })],
    // TLS servers have certificates too.
    ["a certificate for TLS", await signed(instance, { ...who, purpose: "1.3.6.1.5.5.7.3.1" })],
    ["another artifact", await signed(instance, who, artifact.digest), "SIGNATURE_MISMATCH"],
  ];
  for (const [name, ref, code = "SIGNATURE_UNTRUSTED"] of cases) {
    await assert.rejects(check(ref, instance, who), { code, exitCode: 1 }, name);
  }
});

test("thresholds ask for less or for more", async (t) => {
  const { signed } = await scene(t);
  const instance = newInstance();
  const unlogged = await signed(instance, { ...who, certificateLogged: false });
  await check(unlogged, instance, who, { certificateLogs: 0 });
  const ref = await signed(instance, who);
  for (const limits of [{ transparencyLogs: 2 }, { certificateLogs: 2 }, { timestamps: 2 }]) {
    await assert.rejects(check(ref, instance, who, limits), { code: "SIGNATURE_UNTRUSTED" });
  }
  for (const limits of [{ timestamps: 0 }, { transparencyLogs: -1 }, { certificateLogs: 0.5 }]) {
    await assert.rejects(check(ref, instance, who, limits), { code: "OPTION_INVALID", exitCode: 2 });
  }
});

test("a bundle with two contents is refused, whichever of them is good", async (t) => {
  const { registry } = await scene(t);
  const instance = newInstance();
  const ref = `${registry.host}/keyless/two:1.0.0`;
  await push(artifact, [ref]);
  const statement = encodeStatement({ digest: artifact.digest }, predicateTypes.signature, {});
  const bundle = JSON.parse(Buffer.from(signKeyless(instance, statement, who)).toString());
  bundle.messageSignature = { messageDigest: { algorithm: "SHA2_256", digest: "AAAA" }, signature: "AAAA" };
  await attachBundle(ref, Buffer.from(JSON.stringify(bundle)));
  await assert.rejects(check(ref, instance, who), { code: "SIGNATURE_UNSUPPORTED" });
});

test("keys and identities may both be asked for; without a trust root no identity counts", async (t) => {
  const { signed } = await scene(t);
  const instance = newInstance();
  const ref = await signed(instance, who);
  const key = await newPrivateKey();
  await sign(ref, key);
  const signers = [{ key: key.publicKey }, { identity: who }];
  const trustRoot = await loadTrustRoot(trustedRoot(instance));
  const both = await verify(ref, { signers, trustRoot });
  assert.deepEqual(both.verified.map(({ by }) => by.kind).sort(), ["identity", "key"]);
  assert.equal((await verify(ref, { signers })).verified.length, 1);
  await assert.rejects(verify(ref, { signers: [{ identity: who }] }), {
    code: "SIGNATURE_UNTRUSTED",
  });
});

test("a trust root that is none is refused", async () => {
  const good = JSON.parse(Buffer.from(trustedRoot(newInstance())).toString());
  const cases = [
    "",
    "[]",
    "{}",
    JSON.stringify({ ...good, mediaType: "text/plain" }),
    JSON.stringify({ ...good, certificateAuthorities: [] }),
    JSON.stringify({ ...good, certificateAuthorities: [{}] }),
    JSON.stringify({ ...good, tlogs: [{ baseUrl: "x" }] }),
    JSON.stringify({ ...good, certificateAuthorities: 5 }),
  ];
  for (const text of cases) {
    await assert.rejects(
      loadTrustRoot(Buffer.from(text)),
      { code: "TRUST_ROOT_INVALID", exitCode: 2 },
      text.slice(0, 80),
    );
  }
});
