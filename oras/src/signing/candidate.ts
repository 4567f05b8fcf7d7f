import type { ErrorCode } from "../errors.js";
import type { SignedStatement } from "./bundle.js";
import type { SignedBy } from "./signer.js";

/** How a signature is attached. */
export type SignatureFormat =
  /** A Sigstore bundle, a referrer: what this package and cosign v3 write. */
  | "bundle"
  /** A layer of the image under the tag `sha256-<hex>.sig`, as older cosign versions write it. */
  | "sig-tag"
  /** A layer of the image under the tag `sha256-<hex>.att`. */
  | "att-tag";

/** Where a signature was found. */
export interface SignaturePlace {
  format: SignatureFormat;
  /** Digest of the referrer's manifest, or of the layer in the image under a tag. */
  digest: string;
}

/** Something that was found attached and claims to be a signature; nothing of it is trusted. */
export interface Candidate extends SignaturePlace {
  /** What is claimed, or why it cannot be read. */
  content: SignedStatement | Problem;
}

/** Why a signature does not count. */
export interface Problem {
  code: ErrorCode & `SIGNATURE_${string}`;
  /** One line. */
  reason: string;
}

/** A signature that counts. */
export interface VerifiedSignature extends SignaturePlace {
  by: SignedBy;
  predicateType: string;
}

/** A signature that does not. */
export interface RefusedSignature extends SignaturePlace, Problem {}
