import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../modules/testing/filters.js";
import { createServerCertificate, signAgentRequest } from "./agent-certificates.js";
import {
  type AuthorityState,
  advanceAuthority,
  bundleOf,
  createKeyPair,
  readAuthority,
  writeAuthority,
} from "./authority.js";
import { fromPem, toPem } from "./pem.js";
import { createSigningRequest, readSigningRequest } from "./signing-request.js";

const day = 86_400_000;
const now = new Date();
const at = (days: number) => new Date(now.getTime() + days * day);

test("certificates are what Node and RFC 5280 expect", () => {
  const state = advanceAuthority(undefined, now);
  const ca = new X509Certificate(state.signing.certificate);
  assert.ok(ca.ca);
  assert.ok(ca.verify(ca.publicKey));
  const hosts = ["operator.meshwasm-system.svc", "127.0.0.1", "::1", "fd00::1:2"];
  const server = new X509Certificate(createServerCertificate(state, hosts).cert);
  assert.ok(server.checkIssued(ca));
  assert.ok(server.verify(ca.publicKey));
  assert.equal(server.checkHost("operator.meshwasm-system.svc"), "operator.meshwasm-system.svc");
  assert.equal(server.checkHost("other.meshwasm-system.svc"), undefined);
  for (const ip of ["127.0.0.1", "::1", "fd00::1:2"]) assert.equal(server.checkIP(ip), ip);
  assert.equal(server.checkIP("127.0.0.2"), undefined);
  assert.deepEqual(server.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  const request = createSigningRequest("liar", createKeyPair());
  const agent = new X509Certificate(signAgentRequest(state, request, "node-1"));
  assert.equal(agent.subject, "O=meshwasm:agents\nCN=node-1");
  assert.deepEqual(agent.keyUsage, ["1.3.6.1.5.5.7.3.2"]);
  assert.ok(!agent.ca && agent.verify(ca.publicKey));
  assert.notEqual(agent.serialNumber, server.serialNumber);
});

test("openssl agrees, strictly, and its requests are read", async (t) => {
  if (spawnSync("openssl", ["version"]).error && !process.env.CI) return t.skip("openssl is not installed");
  const folder = await temporaryFolder(t);
  const file = (name: string, text?: string) => {
    if (text !== undefined) writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const state = advanceAuthority(undefined, now);
  const ca = file("ca.pem", bundleOf(state));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { encoding: "utf8", stdio: "pipe" });
  openssl(
    "req",
    "-new",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-subj",
    "/CN=x",
    "-addext",
    "subjectAltName=DNS:evil",
    "-sha256",
    "-keyout",
    file("key.pem"),
    "-out",
    file("csr.pem"),
  );
  const agent = file("agent.pem", signAgentRequest(state, readFileSync(file("csr.pem"), "utf8"), "node-1"));
  const server = file("server.pem", createServerCertificate(state, ["operator.example.com"]).cert);
  for (const [purpose, pem] of [
    ["sslclient", agent],
    ["sslserver", server],
  ] as const) {
    assert.match(openssl("verify", "-x509_strict", "-purpose", purpose, "-CAfile", ca, pem), /: OK/);
  }
  assert.doesNotMatch(openssl("x509", "-in", agent, "-noout", "-text"), /evil/);
  assert.equal(spawnSync("openssl", ["verify", "-purpose", "sslserver", "-CAfile", ca, agent]).status, 2);
  const own = file("own.csr", createSigningRequest("node-1", createKeyPair()));
  assert.match(openssl("req", "-in", own, "-noout", "-verify", "-subject", "-text"), /CN ?= ?node-1/);
});

test("a request that is damaged, of another key or not signed by its key is refused, whatever byte is wrong", () => {
  const keys = createKeyPair();
  const good = createSigningRequest("node-1", keys);
  assert.ok(readSigningRequest(good).equals(keys.publicKey));
  const refused = (text: string, words: RegExp) =>
    assert.throws(() => readSigningRequest(text), {
      name: "MeshwasmError",
      code: "CertificateInvalid",
      message: words,
    });
  refused("", /not one PEM block/);
  refused(good + good, /not one PEM block/);
  refused("x".repeat(9000), /more than 8192/);
  refused(createSigningRequest("node-1", generateKeyPairSync("ec", { namedCurve: "P-384" })), /not on P-256/);
  const stolen = createKeyPair();
  refused(
    createSigningRequest("n", { publicKey: keys.publicKey, privateKey: stolen.privateKey }),
    /not signed by its key/,
  );
  const der = fromPem("CERTIFICATE REQUEST", good)[0] ?? new Uint8Array();
  for (let index = 0; index < der.length; index++) {
    refused(toPem("CERTIFICATE REQUEST", der.subarray(0, index)), /request/);
    const bad = Uint8Array.from(der);
    bad[index] = (bad[index] ?? 0) ^ 0x41;
    refused(toPem("CERTIFICATE REQUEST", bad), /request/);
  }
});

test("what is made under a clock that is ahead by hours is valid now, until its own end", () => {
  const ahead = at(0.5);
  const state = advanceAuthority(undefined, ahead);
  const request = createSigningRequest("node-1", createKeyPair());
  const made = [
    state.signing.certificate,
    createServerCertificate(state, ["operator"], ahead).cert,
    signAgentRequest(state, request, "node-1", ahead),
  ];
  for (const pem of made) assert.ok(Date.parse(new X509Certificate(pem).validFrom) < now.getTime());
  const end = Date.parse(new X509Certificate(made[2]!).validTo);
  assert.equal(Math.round((end - ahead.getTime()) / 3_600_000), 8);
});

test("an authority announces its successor, then hands over, and is forgotten when it has expired", () => {
  const first = advanceAuthority(undefined, now);
  assert.equal(advanceAuthority(first, at(200)), first, "nothing to do");
  const announced = advanceAuthority(first, at(250));
  assert.deepEqual(announced.signing, first.signing);
  assert.ok(announced.next);
  assert.equal(advanceAuthority(announced, at(250.9)), announced);
  const handed = advanceAuthority(announced, at(251.1));
  assert.deepEqual(handed, { signing: announced.next, previous: [first.signing.certificate] });
  assert.equal(bundleOf(handed).match(/BEGIN CERTIFICATE/g)?.length, 2);
  assert.deepEqual(advanceAuthority(handed, at(366)).previous, []);
  const anew = advanceAuthority(first, at(366));
  assert.notDeepEqual(anew.signing, first.signing);
  assert.deepEqual(anew.previous, []);
});

test("what is kept is read back; a key of another certificate counts as none", () => {
  const state: AuthorityState = advanceAuthority(advanceAuthority(undefined, at(-300)), now);
  assert.deepEqual(readAuthority(writeAuthority(state)), state);
  const { "ca.key": _, ...noKey } = writeAuthority(state);
  assert.equal(readAuthority(noKey), undefined);
  const other = writeAuthority(advanceAuthority(undefined, now));
  assert.equal(readAuthority({ ...other, "ca.key": state.signing.key }), undefined);
  assert.equal(readAuthority({ "ca.crt": "junk", "ca.key": "junk" }), undefined);
});

test("nothing is signed beyond the authority's own end", () => {
  const state = advanceAuthority(undefined, now, { lifetimeMs: 2 * 3_600_000 });
  const pem = signAgentRequest(state, createSigningRequest("n", createKeyPair()), "n", now);
  assert.ok(new Date(new X509Certificate(pem).validTo).getTime() <= now.getTime() + 2 * 3_600_000);
  assert.throws(() => createServerCertificate(state, ["x"], at(1)), { code: "CertificateInvalid" });
});
