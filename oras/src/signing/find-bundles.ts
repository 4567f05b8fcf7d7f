import type { Descriptor } from "../descriptor.js";
import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import { parseManifest } from "../manifest.js";
import type { Store } from "../store/store.js";
import { parseBundle, type SignedStatement, UnsupportedBundle } from "./bundle.js";
import type { Candidate, Problem } from "./candidate.js";
import { isBundleType } from "./predicate-types.js";

/**
 * The Sigstore bundles that refer to an artifact.
 * See https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md#retrieval.
 * @throws MeshwasmError SIZE_LIMIT over 256 of them, and those of the store but for a bundle that is damaged or gone.
 */
export async function findBundles(store: Store, digest: string): Promise<Candidate[]> {
  const referrers = (await store.listReferrers(digest)).filter((each) => isBundleType(each.artifactType));
  checkCount(referrers.length, store, digest);
  const found: Candidate[] = [];
  for (const referrer of referrers) {
    const content = await readCandidate(() => readBundle(store, referrer, digest));
    found.push({ format: "bundle", digest: referrer.digest, content });
  }
  return found;
}

/** Refuses more signatures than anybody makes. @throws MeshwasmError SIZE_LIMIT. */
export function checkCount(count: number, store: Store, digest: string): void {
  if (count <= limits.signatures) return;
  throw new MeshwasmError(
    "SIZE_LIMIT",
    `${store.place}@${digest} has ${count} signatures; the limit is ${limits.signatures}`,
  );
}

async function readBundle(store: Store, referrer: Descriptor, subject: string): Promise<SignedStatement> {
  const { bytes, mediaType } = await store.getManifest(referrer.digest);
  const manifest = parseManifest(bytes, mediaType);
  const [layer, ...more] = manifest.layers;
  if (!layer || more.length > 0 || !isBundleType(layer.mediaType)) {
    throw new Error("the referrer does not hold one bundle");
  }
  // An index under the referrers tag is a list that somebody wrote; the manifest itself must say the same.
  if (manifest.subject?.digest !== subject) throw new Error("the referrer refers to something else");
  return parseBundle(await store.getBlob(layer, limits.bundleBytes));
}

/** Reads what is attached, or says why it cannot be read; the remote side's own failures pass through. */
export async function readCandidate<T>(read: () => Promise<T>): Promise<T | Problem> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MeshwasmError && (isRemoteFailure(error) || error.code === "ABORTED")) throw error;
    const code = error instanceof UnsupportedBundle ? "SIGNATURE_UNSUPPORTED" : "SIGNATURE_INVALID";
    return { code, reason: firstLine((error as Error).message) };
  }
}

// What is missing or damaged is a fact about that signature; others may be whole.
function isRemoteFailure({ code, exitCode }: MeshwasmError): boolean {
  return exitCode === 3 && !["NOT_FOUND", "DIGEST_MISMATCH", "SIZE_MISMATCH"].includes(code);
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 200);
}
