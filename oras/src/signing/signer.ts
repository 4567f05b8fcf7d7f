import type { KeyAlgorithm, PublicKey } from "./public-key.js";

/**
 * Somebody who signs without a key of their own: a certificate authority gave them a certificate for minutes, because
 * an OpenID issuer said who they are. Each half is matched exactly, or by a regular expression that must match all of
 * it; both halves are required.
 */
export interface Identity {
  /** The OpenID issuer: `https://token.actions.githubusercontent.com`. */
  issuer: string | RegExp;
  /** The subject alternative name of the certificate: a mail address, or the URL of a workflow. */
  subject: string | RegExp;
}

/** One who is asked for. */
export type Signer = { key: PublicKey } | { identity: Identity };

/** Who did sign. */
export type SignedBy =
  | { kind: "key"; algorithm: KeyAlgorithm /** `sha256:<hex>` of the public key. */; keyId: string }
  | { kind: "identity"; issuer: string; subject: string };

/** A text that is the same for the same signer only. */
export function signerId(by: SignedBy): string {
  return by.kind === "key" ? by.keyId : JSON.stringify([by.issuer, by.subject]);
}

/** A signer in words. */
export function describeSigner(by: SignedBy): string {
  return by.kind === "key" ? `the key ${by.keyId.slice(0, 19)}…` : `${by.subject} (${by.issuer})`;
}
