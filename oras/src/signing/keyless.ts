import { X509Certificate } from "node:crypto";
import { type Bundle, bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, type Verifier } from "@sigstore/verify";
import type { Identity, SignedBy } from "./signer.js";
import type { TrustRoot } from "./trust-root.js";

const codeSigning = "1.3.6.1.5.5.7.3.3";

/**
 * Verifies keyless signatures: the certificate's chain to a trusted authority at the signed time, the certificate's and
 * the signature's entries in trusted logs, the signature, and then who it is.
 * See https://github.com/sigstore/architecture-docs/blob/main/client-spec.md#4-verification.
 */
export function createKeyless(verifier: Verifier): TrustRoot {
  return {
    verify(json, identities) {
      try {
        return verifyBundle(bundleFromJSON(json), identities, verifier);
      } catch (error) {
        return { reason: `its certificate cannot be trusted: ${(error as Error).message}` };
      }
    },
  };
}

function verifyBundle(
  bundle: Bundle,
  identities: readonly Identity[],
  verifier: Verifier,
): SignedBy | { reason: string } {
  // What is verified here must be what the statement was read from.
  if (bundle.content.$case !== "dsseEnvelope") return { reason: "it holds no signed statement" };
  const leaf = certificateOf(bundle);
  if (!leaf) return { reason: "it is by a key, which nobody asked for" };
  if (!new X509Certificate(leaf).keyUsage?.includes(codeSigning)) {
    return { reason: "its certificate is not for signing code" };
  }
  const entity = toSignedEntity(bundle);
  // The time of a log's entry is signed by the log only together with its promise of inclusion.
  entity.timestamps = entity.timestamps.filter(
    (time) => time.$case !== "transparency-log" || time.tlogEntry.inclusionPromise !== undefined,
  );
  const { identity } = verifier.verify(entity);
  const issuer = identity?.extensions?.issuer;
  const subject = identity?.subjectAlternativeName;
  if (issuer === undefined || subject === undefined) return { reason: "its certificate says not who it is" };
  const isAsked = identities.some(
    (asked) => matches(asked.issuer, issuer) && matches(asked.subject, subject),
  );
  return isAsked
    ? { kind: "identity", issuer, subject }
    : { reason: `it is by ${subject} (${issuer}), who was not asked for` };
}

function certificateOf({ verificationMaterial: { content } }: Bundle): Buffer | undefined {
  if (content.$case === "certificate") return Buffer.from(content.certificate.rawBytes);
  if (content.$case !== "x509CertificateChain") return undefined;
  const [leaf] = content.x509CertificateChain.certificates;
  return leaf && Buffer.from(leaf.rawBytes);
}

function matches(wanted: string | RegExp, found: string): boolean {
  if (typeof wanted === "string") return wanted === found;
  // An unanchored pattern would let acme.com.example.org pass for acme.com.
  return new RegExp(`^(?:${wanted.source})$`, wanted.flags.replace(/[gmy]/g, "")).test(found);
}
