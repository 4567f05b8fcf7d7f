import type { Signer } from "../signer.js";
import type { TrustRoot } from "../trust-root.js";

/** Who must have signed what. */
export interface SignaturePolicy {
  /** What becomes of an artifact that no rule is for. */
  unmatched: "reject" | "accept";
  rules: readonly PolicyRule[];
  /** For identities; absent: no rule names one. */
  trustRoot?: TrustRoot | undefined;
}

/** A rule; an artifact that several rules are for must satisfy all of them, so their order does not matter. */
export interface PolicyRule {
  /** For messages: its `name`, else its place in the file. */
  name: string;
  /**
   * Repositories that it is for, `HOST/REPOSITORY` or `oci:DIR`: in a pattern `*` stands for anything without a `/`, and
   * `**` for anything.
   */
  images: readonly string[];
  /** The type of statement that is asked for; absent: a signature. */
  predicateType?: string | undefined;
  /** How many of the signers, each a different one, must have signed. */
  threshold: number;
  signers: readonly Signer[];
}
