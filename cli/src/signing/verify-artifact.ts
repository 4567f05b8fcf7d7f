import {
  type Identity,
  loadTrustRoot,
  type PolicyResult,
  type RemoteOptions,
  type Signer,
  type VerifyResult,
  verify,
  verifyPolicy,
} from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";
import { readInput, readPublicKey } from "./read-key.js";
import { readPolicy } from "./read-policy.js";

/** Who is asked for, as the flags say it. */
export interface VerifyFlags {
  key: readonly string[];
  policy?: string;
  trustedRoot?: string;
  certificateIdentity?: string;
  certificateIdentityRegexp?: string;
  certificateOidcIssuer?: string;
  certificateOidcIssuerRegexp?: string;
  predicateType?: string;
}

/**
 * Verifies an artifact as the flags ask for: by keys, by an identity, or by a policy.
 *
 * @throws MeshwasmError USAGE, FILE_NOT_FOUND, CONFIG_INVALID, and those of `verify` and `verifyPolicy` of the OCI client
 */
export async function verifyArtifact(
  ref: string,
  flags: VerifyFlags,
  options: RemoteOptions,
): Promise<VerifyResult | PolicyResult> {
  const signers: Signer[] = [];
  for (const path of flags.key) signers.push({ key: await readPublicKey(path) });
  const identity = identityOf(flags);
  if (identity) signers.push({ identity });
  if (flags.policy !== undefined) {
    if (signers.length > 0)
      throw usage("--policy says who must have signed; it goes with no --key or identity");
    return verifyPolicy(ref, await readPolicy(flags.policy), options);
  }
  if (signers.length === 0) throw usage("who must have signed? --key, --policy or an identity is missing");
  const trustRoot =
    flags.trustedRoot === undefined
      ? undefined
      : await loadTrustRoot(await readInput(flags.trustedRoot, "trust root"));
  if (identity && !trustRoot) {
    throw usage("an identity is verified against a trust root; --trusted-root is missing");
  }
  return verify(ref, { ...options, signers, predicateType: flags.predicateType, trustRoot });
}

function identityOf(flags: VerifyFlags): Identity | undefined {
  const subject = exactOrPattern(flags.certificateIdentity, flags.certificateIdentityRegexp);
  const issuer = exactOrPattern(flags.certificateOidcIssuer, flags.certificateOidcIssuerRegexp);
  if (subject === undefined && issuer === undefined) return undefined;
  if (subject === undefined || issuer === undefined) {
    throw usage("an identity has two halves: --certificate-identity and --certificate-oidc-issuer");
  }
  return { subject, issuer };
}

function exactOrPattern(exact?: string, pattern?: string): string | RegExp | undefined {
  if (exact !== undefined && pattern !== undefined) {
    throw usage("give the exact text or a pattern, not both");
  }
  if (pattern === undefined) return exact;
  try {
    return new RegExp(pattern, "u");
  } catch {
    throw usage(`${JSON.stringify(pattern)} is no regular expression`);
  }
}

function usage(message: string): MeshwasmError {
  return new MeshwasmError("USAGE", message, {
    hint: "for example: meshwasm verify registry.example.com/filters/hello:1.0.0 --key cosign.pub",
  });
}
