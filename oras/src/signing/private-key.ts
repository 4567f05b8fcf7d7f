import { createPrivateKey, type KeyObject, type PrivateKeyInput, sign } from "node:crypto";
import { MeshwasmError } from "../errors.js";
import { decryptKey } from "./encrypted-key.js";
import { parsePem } from "./pem.js";
import { type PublicKey, publicKeyOf } from "./public-key.js";

/** A private key that signs. The key itself cannot be read from it. */
export interface PrivateKey {
  publicKey: PublicKey;
  /** ECDSA over SHA-256, in DER; or pure Ed25519, which is the kind that `cosign verify` takes. */
  sign(message: Uint8Array): Uint8Array;
}

/** How {@link loadPrivateKey} opens an encrypted key. */
export interface PrivateKeyOptions {
  /** Asked only when the key is encrypted. Absent, or undefined given back: there is no password. */
  password?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Names the key for messages, e.g. `the key cosign.key`. Absent: `the key`. */
  what?: string | undefined;
}

/**
 * Reads a private key, ECDSA on P-256 or Ed25519: PKCS #8 (plain, or encrypted as OpenSSL does it), SEC 1, or
 * encrypted as cosign does it.
 * @throws MeshwasmError KEY_INVALID, KEY_UNSUPPORTED, KEY_LOCKED without a password or with a wrong one.
 */
export async function loadPrivateKey(pem: string, options: PrivateKeyOptions = {}): Promise<PrivateKey> {
  const { what = "the key" } = options;
  const key = await parse(pem, what, options);
  const publicKey = publicKeyOf(key, what);
  const hash = publicKey.algorithm === "ecdsa-p256" ? "sha256" : null;
  return { publicKey, sign: (message) => sign(hash, message, key) };
}

async function parse(pem: string, what: string, { password }: PrivateKeyOptions): Promise<KeyObject> {
  const { label, bytes } = parsePem(pem, what);
  switch (label) {
    case "PRIVATE KEY":
      return createKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" }, what);
    case "EC PRIVATE KEY":
      return createKey({ key: Buffer.from(bytes), format: "der", type: "sec1" }, what);
    case "ENCRYPTED PRIVATE KEY": {
      const passphrase = await askFor(password, what);
      const input: PrivateKeyInput = { key: Buffer.from(bytes), format: "der", type: "pkcs8", passphrase };
      return createKey(input, what, "KEY_LOCKED");
    }
    case "ENCRYPTED SIGSTORE PRIVATE KEY":
    case "ENCRYPTED COSIGN PRIVATE KEY": {
      const decrypted = await decryptKey(bytes, await askFor(password, what), what);
      return createKey({ key: Buffer.from(decrypted), format: "der", type: "pkcs8" }, what);
    }
    case "PUBLIC KEY":
      throw new MeshwasmError("KEY_INVALID", `${what} is a public key`, {
        hint: "sign with the private key; cosign writes it to cosign.key",
      });
    default:
      throw new MeshwasmError("KEY_UNSUPPORTED", `${what} holds a ${label}`, {
        hint: "write it as PKCS #8: openssl pkcs8 -topk8 -nocrypt -in KEY",
      });
  }
}

async function askFor(password: PrivateKeyOptions["password"], what: string): Promise<string> {
  const given = await password?.();
  if (given !== undefined) return given;
  throw new MeshwasmError("KEY_LOCKED", `${what} is encrypted, and no password was given`, {
    hint: "set COSIGN_PASSWORD, or pipe the password in with --key-password-stdin",
  });
}

function createKey(
  input: PrivateKeyInput,
  what: string,
  code: "KEY_INVALID" | "KEY_LOCKED" = "KEY_INVALID",
): KeyObject {
  try {
    return createPrivateKey(input);
  } catch (cause) {
    // OpenSSL's words for a wrong password are about paddings.
    const problem =
      code === "KEY_LOCKED"
        ? `the password for ${what} is wrong, or it is damaged`
        : `${what} holds no private key that can be read`;
    throw new MeshwasmError(code, problem, { cause });
  }
}
