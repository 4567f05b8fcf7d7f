import {
  type PolicyResult,
  predicateTypes,
  type SignedBy,
  type SignResult,
  type VerifiedSignature,
  type VerifyResult,
} from "@meshwasm/oras";

/** A signature that was made, in lines for a person. */
export function describeSigned({ ref, signature, keyId, isNew }: SignResult): string {
  return [
    `${isNew ? "signed" : "was signed already:"} ${ref}`,
    `  signature    ${signature}`,
    `  key          ${keyId}`,
  ].join("\n");
}

/** A successful verification in lines for a person. */
export function describeVerified(result: VerifyResult | PolicyResult): string {
  const lines = [`verified ${result.ref}`];
  if ("rules" in result) {
    if (result.rules.length === 0) lines.push("  no rule is for it, and the policy accepts such artifacts");
    for (const { rule, signers, threshold, verified } of result.rules) {
      lines.push(`  ${rule}: ${signers} signed, ${threshold} asked for`, ...verified.map(describeOne));
    }
    return lines.join("\n");
  }
  lines.push(...result.verified.map(describeOne));
  if (result.refused.length > 0) lines.push(`  ${result.refused.length} more that do not count`);
  return lines.join("\n");
}

function describeOne({ by, format, predicateType }: VerifiedSignature): string {
  const what = predicateType === predicateTypes.signature ? "signed by" : `${predicateType} by`;
  return `  ${what.padEnd(12)} ${nameOf(by)} (${format})`;
}

function nameOf(by: SignedBy): string {
  return by.kind === "key" ? `${by.algorithm} ${by.keyId}` : `${by.subject}, says ${by.issuer}`;
}
