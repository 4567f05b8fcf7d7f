import { MeshwasmError } from "../errors.js";
import { formatReference, parseReference, referenceTarget, withTarget } from "../reference.js";
import type { RemoteOptions } from "../remote/options.js";
import { openStore } from "../store/open.js";
import type { Candidate, RefusedSignature, VerifiedSignature } from "./candidate.js";
import { findBundles } from "./find-bundles.js";
import { findLegacy } from "./find-legacy.js";
import { type Demand, type Judgement, judge } from "./judge.js";
import { predicateTypes } from "./predicate-types.js";

/** How {@link verify} reaches the registry, and who must have signed. */
export interface VerifyOptions extends RemoteOptions, Demand {}

/** An artifact that is signed as was asked for. */
export interface VerifyResult {
  /** The artifact by digest: what was verified. Go on with this one, since a tag may move. */
  ref: string;
  digest: string;
  /** At least one. */
  verified: VerifiedSignature[];
  /** Those by others, damaged ones, and ones of something else. */
  refused: RefusedSignature[];
}

/** An artifact with all that claims to be a signature or attestation of it. */
export interface Signatures {
  ref: string;
  digest: string;
  candidates: Candidate[];
}

/**
 * Verifies that one of those who are asked for signed an artifact: in a Sigstore bundle that refers to it, or under the
 * `.sig` and `.att` tags of older cosign versions. Nothing but the registry is asked. For keys, transparency logs do
 * not count; for identities they must vouch.
 * @throws MeshwasmError OPTION_INVALID without signers; NOT_FOUND; SIGNATURE_MISSING; SIGNATURE_UNTRUSTED,
 *   SIGNATURE_MISMATCH, SIGNATURE_INVALID or SIGNATURE_UNSUPPORTED, whose `details` list every signature that was
 *   refused; SIZE_LIMIT; and those of the store.
 */
export async function verify(reference: string, options: VerifyOptions): Promise<VerifyResult> {
  if (options.signers.length === 0) {
    throw new MeshwasmError("OPTION_INVALID", "verify was not told whose signature is asked for", {
      hint: "name a public key, or an identity together with a trust root",
    });
  }
  const { ref, digest, candidates } = await findSignatures(reference, options);
  const judgement = judge(digest, candidates, options);
  if (judgement.verified.length > 0) return { ref, digest, ...judgement };
  throw refusal(ref, judgement, options.predicateType);
}

/**
 * Fetches all that claims to be a signature or attestation of an artifact, without judging it.
 * @throws MeshwasmError as {@link verify} does, but for those of signatures.
 */
export async function findSignatures(reference: string, options: RemoteOptions): Promise<Signatures> {
  const parsed = parseReference(reference);
  const store = openStore(parsed, "pull", options);
  try {
    const digest = parsed.digest ?? (await store.headManifest(referenceTarget(parsed)));
    if (digest === undefined) throw new MeshwasmError("NOT_FOUND", `there is no ${formatReference(parsed)}`);
    const candidates = [...(await findBundles(store, digest)), ...(await findLegacy(store, digest))];
    return { ref: formatReference(withTarget(parsed, { digest })), digest, candidates };
  } finally {
    await store.close();
  }
}

// The closest to a good one first: it is the one whose reason helps.
const codes = [
  "SIGNATURE_MISMATCH",
  "SIGNATURE_INVALID",
  "SIGNATURE_UNTRUSTED",
  "SIGNATURE_UNSUPPORTED",
] as const;

const hints: Record<(typeof codes)[number], string> = {
  SIGNATURE_MISMATCH: "somebody attached the signature of another artifact; sign this one: meshwasm sign",
  SIGNATURE_INVALID: "it may be damaged or forged; remove it, and sign again: meshwasm sign",
  SIGNATURE_UNTRUSTED:
    "verify with the key of its signer if you trust them; meshwasm inspect lists what is there",
  SIGNATURE_UNSUPPORTED: "sign with meshwasm sign, or with cosign 3, by an ECDSA P-256 or Ed25519 key",
};

function refusal(ref: string, { refused }: Judgement, predicateType: string | undefined): MeshwasmError {
  const isSignature = predicateType === undefined || predicateType === predicateTypes.signature;
  const what = isSignature ? "signature" : `attestation of the type ${predicateType}`;
  const code = codes.find((each) => refused.some((one) => one.code === each));
  const closest = refused.find((one) => one.code === code);
  if (code === undefined || closest === undefined) {
    return new MeshwasmError("SIGNATURE_MISSING", `${ref} has no ${what}`, {
      hint: isSignature ? `sign it: meshwasm sign ${ref} --key KEY` : "it is attached by: meshwasm push",
    });
  }
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more that do not count)` : "";
  return new MeshwasmError(code, `${ref} has no ${what} that counts: ${closest.reason}${more}`, {
    hint: hints[code],
    details: refused,
  });
}
