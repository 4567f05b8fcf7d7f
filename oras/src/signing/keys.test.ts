import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { type EncryptedKeyParts, encryptLikeCosign, newKey, toPem } from "../testing/keys.js";
import { verifyEd25519ph } from "./ed25519ph.js";
import { loadPrivateKey } from "./private-key.js";
import { loadPublicKey } from "./public-key.js";

const message = Buffer.from("a message");
const password = "s3cret of the key";

for (const algorithm of ["ecdsa-p256", "ed25519"] as const) {
  test(`${algorithm}: every spelling of a private key signs for its public key`, async () => {
    const key = newKey(algorithm);
    const publicKey = loadPublicKey(String(createPublicKey(key).export({ type: "spki", format: "pem" })));
    const spellings: [string, string][] = [
      ["PKCS #8", String(key.export({ type: "pkcs8", format: "pem" }))],
      ["PKCS #8, CRLF", String(key.export({ type: "pkcs8", format: "pem" })).replaceAll("\n", "\r\n")],
      [
        "PKCS #8 encrypted by OpenSSL",
        String(key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: password })),
      ],
      ["encrypted by cosign", encryptLikeCosign(key, password)],
      [
        "encrypted by an old cosign",
        encryptLikeCosign(key, password, { label: "ENCRYPTED COSIGN PRIVATE KEY" }),
      ],
    ];
    if (algorithm === "ecdsa-p256") {
      const sec1 = String(key.export({ type: "sec1", format: "pem" }));
      const parameters = toPem("EC PARAMETERS", Buffer.from("06082a8648ce3d030107", "hex"));
      spellings.push(["SEC 1", sec1], ["SEC 1 behind its parameters", parameters + sec1]);
    }
    for (const [name, pem] of spellings) {
      const loaded = await loadPrivateKey(pem, { password: () => password });
      assert.equal(loaded.publicKey.id, publicKey.id, name);
      assert.ok(publicKey.verifies(message, loaded.sign(message)), name);
      assert.ok(!publicKey.verifies(Buffer.from("another"), loaded.sign(message)), name);
    }
  });
}

test("a locked key says so, without the password", async () => {
  const pem = encryptLikeCosign(newKey(), password);
  const openssl = String(
    newKey().export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: password }),
  );
  for (const each of [pem, openssl]) {
    await assert.rejects(loadPrivateKey(each), { code: "KEY_LOCKED", exitCode: 2, hint: /COSIGN_PASSWORD/ });
    await assert.rejects(
      loadPrivateKey(each, { password: () => "wr0ng", what: "the key k" }),
      (error: Error) => {
        assert.match(error.message, /the password for the key k is wrong/);
        assert.ok(!`${error.stack}${error.cause}`.includes("wr0ng"));
        return "code" in error && error.code === "KEY_LOCKED";
      },
    );
  }
});

test("keys that are none, or of another kind, are refused by name", async () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const pkcs8 = { type: "pkcs8", format: "pem" } as const;
  const spki = { type: "spki", format: "pem" } as const;
  const cases: [string, () => unknown, string, RegExp][] = [
    ["text", () => loadPublicKey("hello"), "KEY_INVALID", /no PEM/],
    ["too long", () => loadPublicKey("-".repeat(70_000)), "KEY_INVALID", /no key is that long/],
    ["a private key", () => loadPublicKey(String(rsa.privateKey.export(pkcs8))), "KEY_INVALID", /private/],
    ["damaged", () => loadPublicKey(toPem("PUBLIC KEY", Buffer.from("abc"))), "KEY_INVALID", /be read/],
    ["a certificate", () => loadPublicKey(toPem("CERTIFICATE", Buffer.from("abc"))), "KEY_INVALID", /CERTIF/],
    ["RSA", () => loadPublicKey(String(rsa.publicKey.export(spki))), "KEY_UNSUPPORTED", /RSA/],
    ["P-384", () => loadPublicKey(String(p384.publicKey.export(spki))), "KEY_UNSUPPORTED", /secp384r1/],
    ["a public key", () => loadPrivateKey(String(rsa.publicKey.export(spki))), "KEY_INVALID", /public/],
    ["RSA to sign", () => loadPrivateKey(String(rsa.privateKey.export(pkcs8))), "KEY_UNSUPPORTED", /RSA/],
    ["OpenSSH", () => loadPrivateKey(toPem("OPENSSH PRIVATE KEY", message)), "KEY_UNSUPPORTED", /OPENSSH/],
    ["damaged PKCS #8", () => loadPrivateKey(toPem("PRIVATE KEY", message)), "KEY_INVALID", /be read/],
  ];
  for (const [name, load, code, words] of cases) {
    await assert.rejects(
      async () => load(),
      { name: "MeshwasmError", code, message: words, exitCode: 2 },
      name,
    );
  }
});

test("an encrypted key does not decide how much memory is spent on it", async () => {
  const odd: EncryptedKeyParts[] = [{ cost: 2 ** 30 }, { cost: 3 }, { cipher: "none" }, { nonceBytes: 12 }];
  for (const parts of odd) {
    const pem = encryptLikeCosign(newKey(), password, parts);
    const name = JSON.stringify(parts);
    await assert.rejects(loadPrivateKey(pem, { password: () => password }), { code: "KEY_INVALID" }, name);
  }
  for (const json of ["", "[]", "{}", '{"kdf":{"name":"scrypt"},"cipher":{}}']) {
    const pem = toPem("ENCRYPTED SIGSTORE PRIVATE KEY", Buffer.from(json));
    await assert.rejects(loadPrivateKey(pem, { password: () => "" }), { code: "KEY_INVALID" }, json);
  }
});

test("Ed25519ph: the vector of RFC 8032, section 7.3, and no other bytes", () => {
  const key = Buffer.from("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", "hex");
  const signature = Buffer.from(
    "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41" +
      "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406",
    "hex",
  );
  const abc = Buffer.from("abc");
  assert.ok(verifyEd25519ph(key, abc, signature));
  assert.ok(!verifyEd25519ph(key, Buffer.from("abd"), signature));
  for (let at = 0; at < 64; at += 7) {
    const changed = Uint8Array.from(signature);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.ok(!verifyEd25519ph(key, abc, changed), `byte ${at}`);
  }
  // The same scalar plus the order of the group is another spelling, which RFC 8032 forbids.
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`) + order;
  const malleable = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
  assert.ok(!verifyEd25519ph(key, abc, Buffer.concat([signature.subarray(0, 32), malleable])));
  assert.ok(!verifyEd25519ph(key.subarray(1), abc, signature));
  assert.ok(!verifyEd25519ph(Buffer.alloc(32, 0xff), abc, signature));
  assert.ok(!verifyEd25519ph(key, abc, signature.subarray(1)));
});
