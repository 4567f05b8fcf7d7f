import {
  loadPublicKey,
  MeshwasmError as OrasError,
  type PublicKey,
  type RegistryReference,
  verify,
} from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";
import { type PullModuleOptions, remoteOptions } from "./pull-module.js";

/**
 * The keys of a policy, one of which must have signed.
 *
 * @param keys PEM; absent or empty: signatures are not asked for
 * @throws MeshwasmError PolicyInvalid for a key that nothing could be verified with
 */
export function keysOf(keys: readonly string[] | undefined): PublicKey[] {
  return (keys ?? []).map((pem, index) => {
    try {
      return loadPublicKey(pem, `signing.publicKeys[${index}]`);
    } catch (cause) {
      if (!(cause instanceof OrasError)) throw cause;
      throw new MeshwasmError("PolicyInvalid", `a FilterPolicy's ${cause.message}`, {
        cause,
        hint: cause.hint ?? "put in what the signer's cosign.pub holds",
      });
    }
  });
}

/**
 * Asks the registry who signed an artifact: in bundles that refer to it, through the referrers API or the tag that stands
 * in for it, and under the tags of older cosign versions. What is verified is the digest, whatever a tag names by then.
 *
 * @param keys at least one
 * @returns the ids of those that did, at least one
 * @throws MeshwasmError SignatureMissing, SignatureInvalid; the OCI client's errors
 */
export async function checkSignature(
  { host, repository }: RegistryReference,
  manifestDigest: string,
  keys: readonly PublicKey[],
  options: PullModuleOptions,
): Promise<string[]> {
  const place = `${host}/${repository}@${manifestDigest}`;
  try {
    const signers = keys.map((key) => ({ key }));
    const { verified } = await verify(place, { ...remoteOptions(options), signers });
    return [...new Set(verified.flatMap(({ by }) => (by.kind === "key" ? [by.keyId] : [])))];
  } catch (cause) {
    if (!(cause instanceof OrasError) || cause.code !== "SIZE_LIMIT") throw cause;
    // The limit is on signatures here, and says nothing about the module.
    throw new MeshwasmError("SignatureInvalid", cause.message, {
      cause,
      hint: "delete signatures that nobody needs from the registry",
    });
  }
}
