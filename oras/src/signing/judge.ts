import { hintOf, type SignedStatement } from "./bundle.js";
import type { Candidate, Problem, RefusedSignature, VerifiedSignature } from "./candidate.js";
import { predicateTypes } from "./predicate-types.js";
import type { SignedBy, Signer } from "./signer.js";
import type { TrustRoot } from "./trust-root.js";

/** What a signature must be to count. */
export interface Demand {
  /** Any of these. */
  signers: readonly Signer[];
  /** The type of statement. Absent: a signature. */
  predicateType?: string | undefined;
  /** For identities; without it none of them counts. */
  trustRoot?: TrustRoot | undefined;
}

/** The signatures that count, and those that do not. */
export interface Judgement {
  verified: VerifiedSignature[];
  refused: RefusedSignature[];
}

/**
 * Decides which signatures of an artifact count. A statement of another type is neither verified nor refused: an SBOM
 * is no signature, whoever signed it.
 */
export function judge(digest: string, candidates: readonly Candidate[], demand: Demand): Judgement {
  const judgement: Judgement = { verified: [], refused: [] };
  const wanted = demand.predicateType ?? predicateTypes.signature;
  for (const { content, ...place } of candidates) {
    if ("code" in content) {
      judgement.refused.push({ ...place, ...content });
      continue;
    }
    const { predicateType } = content.statement;
    if (predicateType !== wanted) continue;
    const found = whoSigned(content, demand);
    if ("code" in found) {
      judgement.refused.push({ ...place, ...found });
    } else if (!content.statement.subjects.includes(digest)) {
      const reason = `it is a signature of ${content.statement.subjects[0]}`;
      judgement.refused.push({ ...place, code: "SIGNATURE_MISMATCH", reason });
    } else {
      judgement.verified.push({ ...place, by: found, predicateType });
    }
  }
  return judgement;
}

function whoSigned(content: SignedStatement, { signers, trustRoot }: Demand): SignedBy | Problem {
  const keys = signers.flatMap((signer) => ("key" in signer ? [signer.key] : []));
  const key = keys.find((each) => each.verifies(content.signed, content.signature));
  if (key) return { kind: "key", algorithm: key.algorithm, keyId: key.id };
  const identities = signers.flatMap((signer) => ("identity" in signer ? [signer.identity] : []));
  if (content.keyHint === undefined && content.bundle && identities.length > 0) {
    if (!trustRoot)
      return { code: "SIGNATURE_UNTRUSTED", reason: "no trust root was given to check it with" };
    const found = trustRoot.verify(content.bundle, identities);
    return "kind" in found ? found : { code: "SIGNATURE_UNTRUSTED", ...found };
  }
  // The hint is nobody's promise; it only makes the reason clearer.
  return keys.some(({ id }) => content.keyHint === hintOf(id))
    ? { code: "SIGNATURE_INVALID", reason: "it names the key, but was changed after it was signed" }
    : { code: "SIGNATURE_UNTRUSTED", reason: "it is by nobody who was asked for" };
}
