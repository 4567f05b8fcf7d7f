import { generateKeyPairSync, type KeyObject, randomBytes, scryptSync } from "node:crypto";
import nacl from "tweetnacl";
import { loadPrivateKey, type PrivateKey } from "../signing/private-key.js";

/** A key object of either kind. */
export function newKey(algorithm: "ecdsa-p256" | "ed25519" = "ecdsa-p256"): KeyObject {
  return algorithm === "ed25519"
    ? generateKeyPairSync("ed25519").privateKey
    : generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

/** A new private key, ready to sign. */
export function newPrivateKey(algorithm?: "ecdsa-p256" | "ed25519"): Promise<PrivateKey> {
  return loadPrivateKey(String(newKey(algorithm).export({ type: "pkcs8", format: "pem" })));
}

/** What may differ in {@link encryptLikeCosign} from what cosign does. */
export interface EncryptedKeyParts {
  label?: string;
  cost?: number;
  cipher?: string;
  nonceBytes?: number;
}

/** Encrypts a key as cosign does; another way than the code under test goes, from the same specification. */
export function encryptLikeCosign(key: KeyObject, password: string, parts: EncryptedKeyParts = {}): string {
  const { label = "ENCRYPTED SIGSTORE PRIVATE KEY", cost = 2 ** 15, cipher = "nacl/secretbox" } = parts;
  const salt = randomBytes(32);
  const nonce = new Uint8Array(randomBytes(24));
  const secret = new Uint8Array(scryptSync(password, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 }));
  const plain = new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
  const json = JSON.stringify({
    kdf: { name: "scrypt", params: { N: cost, r: 8, p: 1 }, salt: salt.toString("base64") },
    cipher: {
      name: cipher,
      nonce: Buffer.from(nonce.subarray(0, parts.nonceBytes ?? 24)).toString("base64"),
    },
    ciphertext: Buffer.from(nacl.secretbox(plain, nonce, secret)).toString("base64"),
  });
  return toPem(label, Buffer.from(json));
}

/** Wraps bytes as PEM. */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
