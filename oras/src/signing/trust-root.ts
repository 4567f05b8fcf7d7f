import { MeshwasmError } from "../errors.js";
import { asObject, parseJson } from "../json.js";
import type { Identity, SignedBy } from "./signer.js";

/** How much must vouch for a keyless signature. */
export interface TrustThresholds {
  /** Entries in transparency logs. Absent: 1. */
  transparencyLogs?: number | undefined;
  /** Timestamps of the certificate in certificate transparency logs. Absent: 1. */
  certificateLogs?: number | undefined;
  /** Signed times, of a transparency log or a timestamp authority; never less than 1. Absent: 1. */
  timestamps?: number | undefined;
}

/** The authorities and logs that keyless signatures are verified against. */
export interface TrustRoot {
  /**
   * Verifies a bundle that carries a certificate, all but its statement's subject.
   * @param bundle its JSON, well formed or not.
   * @returns who signed, or why it does not count.
   */
  verify(bundle: Record<string, unknown>, identities: readonly Identity[]): SignedBy | { reason: string };
}

const maxTrustRootBytes = 4 * 1024 * 1024;

/**
 * Reads a trust root: the `trusted_root.json` of a Sigstore instance. Nothing is fetched, so keep it current yourself.
 * See https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_trustroot.proto.
 * @throws MeshwasmError TRUST_ROOT_INVALID; OPTION_INVALID for thresholds that are no whole numbers, or no timestamp.
 */
export async function loadTrustRoot(json: Uint8Array, thresholds: TrustThresholds = {}): Promise<TrustRoot> {
  const { transparencyLogs = 1, certificateLogs = 1, timestamps = 1 } = thresholds;
  const counts = [transparencyLogs, certificateLogs, timestamps];
  // A certificate of minutes is checked at the time of signing: without a signed time there is none.
  if (counts.some((count) => !Number.isSafeInteger(count) || count < 0) || timestamps < 1) {
    throw new MeshwasmError(
      "OPTION_INVALID",
      `thresholds must be whole numbers, and timestamps at least 1; they are ${counts.join(", ")}`,
    );
  }
  // Loaded when it is needed: most commands verify nothing, or with keys.
  const [{ TrustedRoot }, { toTrustMaterial, Verifier }, { createKeyless }] = await Promise.all([
    import("@sigstore/protobuf-specs"),
    import("@sigstore/verify"),
    import("./keyless.js"),
  ]);
  try {
    const root = TrustedRoot.fromJSON(checked(json));
    if (root.certificateAuthorities.length === 0) throw new Error("it names no certificate authority");
    const verifier = new Verifier(toTrustMaterial(root), {
      tlogThreshold: transparencyLogs,
      ctlogThreshold: certificateLogs,
      timestampThreshold: timestamps,
    });
    return createKeyless(verifier);
  } catch (cause) {
    throw new MeshwasmError(
      "TRUST_ROOT_INVALID",
      `the trust root cannot be used: ${(cause as Error).message}`,
      { hint: "it is the trusted_root.json of a Sigstore instance: cosign trusted-root create", cause },
    );
  }
}

function checked(json: Uint8Array): Record<string, unknown> {
  if (json.length > maxTrustRootBytes) throw new Error("it is too large");
  const root = asObject(parseJson(json, "the trust root"), "the trust root");
  const { mediaType } = root;
  if (typeof mediaType !== "string" || !mediaType.startsWith("application/vnd.dev.sigstore.trustedroot")) {
    throw new Error("its mediaType is another");
  }
  return root;
}
