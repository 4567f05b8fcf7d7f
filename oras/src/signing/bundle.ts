import { asObject, encodeJson, parseJson } from "../json.js";
import { attachmentTypes, isBundleType } from "./predicate-types.js";
import type { PrivateKey } from "./private-key.js";
import { parseStatement, type Statement, statementPayloadType } from "./statement.js";

/** A signed statement as it was found; nothing of it is verified. */
export interface SignedStatement {
  statement: Statement;
  /** What the signature is over: the envelope's type and payload in DSSE's encoding, or a bare payload. */
  signed: Uint8Array;
  signature: Uint8Array;
  /** The whole bundle, as JSON; absent: it did not come in one. */
  bundle?: Record<string, unknown>;
  /** Which key the bundle claims to be signed with; absent: it does not say. */
  keyHint?: string;
}

/**
 * The bytes that a DSSE signature is over.
 * See https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md.
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `),
    Buffer.from(payload),
  ]);
}

/**
 * Signs a statement and writes it as a Sigstore bundle v0.3, as cosign v3 does: with a hint at the key, without a
 * transparency log. See https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_bundle.proto.
 */
export function encodeBundle(statement: Uint8Array, key: PrivateKey): Uint8Array {
  const signature = key.sign(preAuthEncoding(statementPayloadType, statement));
  return encodeJson({
    mediaType: attachmentTypes.bundle,
    verificationMaterial: { publicKey: { hint: hintOf(key.publicKey.id) } },
    dsseEnvelope: {
      payload: Buffer.from(statement).toString("base64"),
      payloadType: statementPayloadType,
      // No keyid: verifiers in Go pass over a signature whose keyid is not the one that they make up for the key.
      signatures: [{ sig: Buffer.from(signature).toString("base64") }],
    },
  });
}

/** How cosign names a key in a bundle. @param keyId `sha256:<hex>` of its SubjectPublicKeyInfo. */
export function hintOf(keyId: string): string {
  return Buffer.from(keyId.slice("sha256:".length), "hex").toString("base64");
}

/** A bundle that is well formed, but of a kind that is not understood. */
export class UnsupportedBundle extends Error {}

/**
 * Reads a bundle with one signed in-toto statement.
 * @throws Error of any kind for everything else; its message says what is wrong.
 */
export function parseBundle(bytes: Uint8Array): SignedStatement {
  const bundle = asObject(parseJson(bytes, "the bundle"), "the bundle");
  const { mediaType, verificationMaterial, dsseEnvelope, messageSignature } = bundle;
  if (typeof mediaType !== "string" || !isBundleType(mediaType)) throw new Error("it is no Sigstore bundle");
  // Together with an envelope it could make two readers see two different contents.
  if (messageSignature !== undefined) {
    throw new UnsupportedBundle("the bundle holds a bare signature, no signed statement");
  }
  const { publicKey } = asObject(verificationMaterial, "the bundle's verificationMaterial");
  const hint = publicKey === undefined ? undefined : asObject(publicKey, "the bundle's publicKey").hint;
  return {
    ...parseEnvelope(dsseEnvelope),
    bundle,
    ...(typeof hint === "string" ? { keyHint: hint } : {}),
  };
}

/**
 * Reads a DSSE envelope with one signature.
 * See https://github.com/secure-systems-lab/dsse/blob/v1.0.0/envelope.md.
 * @throws Error
 */
export function parseEnvelope(value: unknown): SignedStatement {
  const { payloadType, payload, signatures } = asObject(value, "the envelope");
  if (typeof payload !== "string" || typeof payloadType !== "string" || !Array.isArray(signatures)) {
    throw new Error("it is no DSSE envelope");
  }
  if (payloadType !== statementPayloadType) {
    throw new UnsupportedBundle(`the envelope holds ${JSON.stringify(payloadType)}, no in-toto statement`);
  }
  if (signatures.length !== 1) throw new Error(`the envelope has ${signatures.length} signatures`);
  const { sig } = asObject(signatures[0], "the envelope's signature");
  if (typeof sig !== "string") throw new Error("the envelope's signature is no text");
  const decoded = Buffer.from(payload, "base64");
  return {
    statement: parseStatement(decoded),
    signed: preAuthEncoding(payloadType, decoded),
    signature: Buffer.from(sig, "base64"),
  };
}
