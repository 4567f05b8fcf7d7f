import { formatReference, parseReference, withTarget } from "../reference.js";
import type { RemoteOptions } from "../remote/options.js";
import { openStore } from "../store/open.js";
import { attest, resolve } from "./attest.js";
import { findBundles } from "./find-bundles.js";
import { judge } from "./judge.js";
import { predicateTypes } from "./predicate-types.js";
import type { PrivateKey } from "./private-key.js";

/** A signature that is attached. */
export interface SignResult {
  /** The artifact by digest. */
  ref: string;
  /** Digest of the artifact: what is signed. */
  digest: string;
  /** Digest of the signature's manifest, a referrer of the artifact. */
  signature: string;
  /** `sha256:<hex>` of the public key. */
  keyId: string;
  /** False: a valid signature by this key was there, and nothing was written. */
  isNew: boolean;
}

/**
 * Signs an artifact by its digest, as cosign v3 does: a Sigstore bundle with a signed in-toto statement, attached as a
 * referrer, with no transparency log. Signing again with the same key changes nothing.
 * @throws MeshwasmError REFERENCE_INVALID, NOT_FOUND, SIZE_LIMIT, and those of the store.
 */
export async function sign(
  reference: string,
  key: PrivateKey,
  options: RemoteOptions = {},
): Promise<SignResult> {
  const digest = await resolve(reference, options);
  const ref = formatReference(withTarget(parseReference(reference), { digest }));
  const existing = await signatureBy(key, ref, digest, options);
  const signature = existing ?? (await attest(ref, predicateTypes.signature, {}, { ...options, key })).digest;
  return { ref, digest, signature, keyId: key.publicKey.id, isNew: existing === undefined };
}

async function signatureBy(
  { publicKey }: PrivateKey,
  ref: string,
  digest: string,
  options: RemoteOptions,
): Promise<string | undefined> {
  const store = openStore(parseReference(ref), "pull", options);
  try {
    const found = judge(digest, await findBundles(store, digest), { signers: [{ key: publicKey }] });
    return found.verified[0]?.digest;
  } finally {
    await store.close();
  }
}
