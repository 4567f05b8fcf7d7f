/** What in-toto statements say of an artifact, by their `predicateType`. */
export const predicateTypes = {
  /** A signature: nothing but that the signer stands behind the artifact. cosign v3 writes these. */
  signature: "https://sigstore.dev/cosign/sign/v1",
  /** How it was built: https://slsa.dev/spec/v1.1/provenance. */
  provenance: "https://slsa.dev/provenance/v1",
  /** What is in it: https://github.com/in-toto/attestation/blob/main/spec/predicates/cyclonedx.md. */
  cyclonedx: "https://cyclonedx.org/bom",
} as const;

/** The types of what is attached to an artifact. */
export const attachmentTypes = {
  /** A Sigstore bundle; see https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md. */
  bundle: "application/vnd.dev.sigstore.bundle.v0.3+json",
  /** An in-toto statement that nobody signed. */
  statement: "application/vnd.in-toto+json",
  cyclonedx: "application/vnd.cyclonedx+json",
  /** A layer of a `.sig` image of older cosign versions. */
  simpleSigning: "application/vnd.dev.cosign.simplesigning.v1+json",
  /** A layer of an `.att` image of older cosign versions. */
  envelope: "application/vnd.dsse.envelope.v1+json",
} as const;

/** True for a Sigstore bundle of any version. */
export function isBundleType(type: string | undefined): boolean {
  return type?.startsWith("application/vnd.dev.sigstore.bundle") ?? false;
}
