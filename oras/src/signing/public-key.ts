import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { MeshwasmError } from "../errors.js";
import { verifyEd25519ph } from "./ed25519ph.js";
import { parsePem } from "./pem.js";

/** The algorithms that this package signs and verifies with. */
export type KeyAlgorithm = "ecdsa-p256" | "ed25519";

/** A public key that signatures are verified with. */
export interface PublicKey {
  algorithm: KeyAlgorithm;
  /** `sha256:<hex>` of its SubjectPublicKeyInfo; the same for every spelling of one key. */
  id: string;
  /** Its SubjectPublicKeyInfo as PEM. */
  pem: string;
  /**
   * Whether the signature is one of the message by this key: ECDSA over SHA-256 in DER; Ed25519, pure (as this
   * package and `cosign verify` have it) or with SHA-512 first (as `cosign sign` writes it).
   */
  verifies(message: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * Reads a public key: PEM, SubjectPublicKeyInfo, ECDSA on P-256 or Ed25519.
 * @param what names the key for messages, e.g. `the key cosign.pub`. Absent: `the key`.
 * @throws MeshwasmError KEY_INVALID, KEY_UNSUPPORTED.
 */
export function loadPublicKey(pem: string, what = "the key"): PublicKey {
  const { label, bytes } = parsePem(pem, what);
  if (label.endsWith("PRIVATE KEY")) {
    throw new MeshwasmError("KEY_INVALID", `${what} is a private key`, {
      hint: "verify with the public key; cosign writes it to cosign.pub, OpenSSL with: openssl pkey -in KEY -pubout",
    });
  }
  if (label !== "PUBLIC KEY") {
    throw new MeshwasmError("KEY_INVALID", `${what} holds a ${label}, no PUBLIC KEY`);
  }
  return publicKeyOf(parseSpki(bytes, what), what);
}

/** The public half of a key object. @throws MeshwasmError KEY_UNSUPPORTED. */
export function publicKeyOf(key: KeyObject, what: string): PublicKey {
  const algorithm = algorithmOf(key, what);
  const half = key.type === "private" ? createPublicKey(key) : key;
  const spki = half.export({ type: "spki", format: "der" });
  return {
    algorithm,
    id: `sha256:${createHash("sha256").update(spki).digest("hex")}`,
    pem: String(half.export({ type: "spki", format: "pem" })),
    verifies: (message, signature) =>
      algorithm === "ecdsa-p256"
        ? verify("sha256", message, half, signature)
        : // The key itself is the end of its SubjectPublicKeyInfo.
          verify(null, message, half, signature) || verifyEd25519ph(spki.subarray(-32), message, signature),
  };
}

function algorithmOf(key: KeyObject, what: string): KeyAlgorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ed25519") return "ed25519";
  if (type === "ec" && details?.namedCurve === "prime256v1") return "ecdsa-p256";
  const name = type === "ec" ? `EC on ${details?.namedCurve}` : (type ?? "unknown").toUpperCase();
  throw new MeshwasmError("KEY_UNSUPPORTED", `${what} is of the kind ${name}`, {
    hint: "use ECDSA on P-256 (what cosign generate-key-pair makes) or Ed25519",
  });
}

function parseSpki(bytes: Uint8Array, what: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(bytes), format: "der", type: "spki" });
  } catch (cause) {
    throw new MeshwasmError("KEY_INVALID", `${what} holds no public key that can be read`, { cause });
  }
}
