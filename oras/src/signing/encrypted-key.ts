import { scrypt } from "node:crypto";
import { promisify } from "node:util";
import { MeshwasmError } from "../errors.js";
import { asObject, parseJson } from "../json.js";

// The only ones that cosign has ever written; what a key file asks for is not trusted with this machine's memory.
const scryptCosts: readonly unknown[] = [2 ** 15, 2 ** 16, 2 ** 17];
const nonceBytes = 24;
const maxScryptBytes = 192 * 1024 * 1024;
const derive = promisify<string, Uint8Array, number, object, Buffer>(scrypt);

/**
 * Decrypts the content of an `ENCRYPTED SIGSTORE PRIVATE KEY` or `ENCRYPTED COSIGN PRIVATE KEY`: JSON that holds a
 * PKCS #8 key in a NaCl secretbox under a key derived by scrypt.
 * See https://github.com/secure-systems-lab/go-securesystemslib/blob/v0.11.0/encrypted/encrypted.go.
 * @param what names the key for the message.
 * @returns the key as PKCS #8 in DER.
 * @throws MeshwasmError KEY_INVALID when malformed, KEY_LOCKED when the password is another one.
 */
export async function decryptKey(json: Uint8Array, password: string, what: string): Promise<Uint8Array> {
  const { salt, cost, nonce, ciphertext } = parse(json, what);
  // Loaded when it is needed: most commands meet no encrypted key.
  const { default: nacl } = await import("tweetnacl");
  const key = await derive(password, salt, nacl.secretbox.keyLength, {
    N: cost,
    r: 8,
    p: 1,
    maxmem: maxScryptBytes,
  });
  const opened = nacl.secretbox.open(ciphertext, nonce, key);
  if (opened) return opened;
  throw new MeshwasmError("KEY_LOCKED", `the password for ${what} is wrong`);
}

interface Encrypted {
  salt: Uint8Array;
  cost: number;
  nonce: Uint8Array;
  ciphertext: Uint8Array;
}

function parse(json: Uint8Array, what: string): Encrypted {
  try {
    const { kdf, cipher, ciphertext } = asObject(parseJson(json, what), what);
    const { name: kdfName, params, salt } = asObject(kdf, "kdf");
    const { name: cipherName, nonce } = asObject(cipher, "cipher");
    const { N, r, p } = asObject(params, "params");
    const isKnown = kdfName === "scrypt" && cipherName === "nacl/secretbox";
    if (!isKnown || !scryptCosts.includes(N) || r !== 8 || p !== 1) throw new Error("unknown encryption");
    const parsed = {
      salt: fromBase64(salt),
      cost: N as number,
      nonce: fromBase64(nonce),
      ciphertext: fromBase64(ciphertext),
    };
    if (parsed.nonce.length !== nonceBytes) throw new Error("a nonce of another length");
    return parsed;
  } catch (cause) {
    throw new MeshwasmError("KEY_INVALID", `${what} is no key as cosign encrypts it`, { cause });
  }
}

function fromBase64(value: unknown): Uint8Array {
  if (typeof value !== "string") throw new Error("no base64");
  // A copy: tweetnacl wants plain arrays that do not share a pool.
  return Uint8Array.from(Buffer.from(value, "base64"));
}
