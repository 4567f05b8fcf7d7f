import { MeshwasmError } from "../../errors.js";
import { formatPlace, parseReference } from "../../reference.js";
import type { RemoteOptions } from "../../remote/options.js";
import type { RefusedSignature, VerifiedSignature } from "../candidate.js";
import { judge } from "../judge.js";
import { signerId } from "../signer.js";
import { findSignatures, type Signatures } from "../verify.js";
import { matchesPattern } from "./image-pattern.js";
import type { PolicyRule, SignaturePolicy } from "./policy.js";

/** What became of one rule. */
export interface RuleResult {
  rule: string;
  isSatisfied: boolean;
  /** How many different signers it asks for. */
  threshold: number;
  /** How many signed. */
  signers: number;
  verified: VerifiedSignature[];
  refused: RefusedSignature[];
}

/** An artifact that a policy lets pass. */
export interface PolicyResult {
  /** The artifact by digest: what was verified. Go on with this one, since a tag may move. */
  ref: string;
  digest: string;
  /** The rules that are for it; empty: none is, and the policy accepts such artifacts. */
  rules: RuleResult[];
}

/**
 * Verifies that an artifact is signed as a policy asks for. Nothing but the registry is asked.
 * @throws MeshwasmError POLICY_VIOLATED, whose `details` say what became of each rule; NOT_FOUND, SIZE_LIMIT, and those
 *   of the store.
 */
export async function verifyPolicy(
  reference: string,
  policy: SignaturePolicy,
  options: RemoteOptions = {},
): Promise<PolicyResult> {
  const place = formatPlace(parseReference(reference));
  const found = await findSignatures(reference, options);
  const { ref, digest } = found;
  const applicable = policy.rules.filter(({ images }) => images.some((each) => matchesPattern(place, each)));
  const rules = applicable.map((rule) => apply(rule, policy, found));
  if (rules.length === 0 && policy.unmatched !== "accept") {
    throw new MeshwasmError("POLICY_VIOLATED", `no rule of the policy is for ${place}`, {
      hint: "add a rule whose images match it; `unmatched: accept` would let everything else pass",
      details: [],
    });
  }
  const failed = rules.find(({ isSatisfied }) => !isSatisfied);
  if (!failed) return { ref, digest, rules };
  const reason = failed.refused[0] ? `; one does not count: ${failed.refused[0].reason}` : "";
  throw new MeshwasmError(
    "POLICY_VIOLATED",
    `${ref} is signed by ${failed.signers} of ${failed.threshold} signers that ${failed.rule} asks for${reason}`,
    { hint: "sign it with the keys of that rule: meshwasm sign REF --key KEY", details: rules },
  );
}

function apply(
  rule: PolicyRule,
  { trustRoot }: SignaturePolicy,
  { digest, candidates }: Signatures,
): RuleResult {
  const { signers, predicateType, threshold } = rule;
  const judgement = judge(digest, candidates, { signers, predicateType, trustRoot });
  // One who signs twice is still one.
  const count = new Set(judgement.verified.map(({ by }) => signerId(by))).size;
  return { rule: rule.name, isSatisfied: count >= threshold, threshold, signers: count, ...judgement };
}
