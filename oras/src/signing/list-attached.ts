import type { Descriptor } from "../descriptor.js";
import { parseManifest } from "../manifest.js";
import { referrersTag } from "../store/referrers-tag.js";
import type { Store } from "../store/store.js";
import { readCandidate } from "./find-bundles.js";
import { attachmentTypes, isBundleType, predicateTypes } from "./predicate-types.js";

/** What something that is attached says that it is; nobody has verified it. */
export type AttachedKind = "signature" | "provenance" | "sbom" | "attestation" | "other";

/** Something that is attached to an artifact. */
export interface Attached {
  kind: AttachedKind;
  /** Digest of its manifest. */
  digest: string;
  /** Absent: it has none, as the images under cosign's tags. */
  artifactType?: string;
  /** Of an in-toto statement; absent: it is none, or does not say. */
  predicateType?: string;
  /** Whether somebody signed it; verify says who, and whether that is so. */
  isSigned: boolean;
  /** The tag of an older cosign version that it was found under; absent: it is a referrer. */
  tag?: string;
}

const bundlePredicate = "dev.sigstore.bundle.predicateType";
const statementPredicate = "in-toto.io/predicate-type";
/** More is attached by a fault; their manifests are then not read to learn more of them. */
const maxRead = 64;

/**
 * What is attached to an artifact: its referrers, and the images under cosign's `.sig`, `.att` and `.sbom` tags.
 * Nothing is verified.
 * @throws MeshwasmError those of the store.
 */
export async function listAttached(store: Store, digest: string): Promise<Attached[]> {
  const found: Attached[] = [];
  for (const [index, referrer] of (await store.listReferrers(digest)).entries()) {
    found.push(describe(index < maxRead ? await withAnnotations(store, referrer) : referrer));
  }
  for (const [suffix, kind] of [
    ["sig", "signature"],
    ["att", "attestation"],
    ["sbom", "sbom"],
  ] as const) {
    const tag = `${referrersTag(digest)}.${suffix}`;
    const tagged = await store.headManifest(tag);
    if (tagged !== undefined) found.push({ kind, digest: tagged, isSigned: suffix !== "sbom", tag });
  }
  return found;
}

// The lists that some clients keep under a tag lack the annotations.
async function withAnnotations(store: Store, referrer: Descriptor): Promise<Descriptor> {
  if (!isBundleType(referrer.artifactType) || referrer.annotations?.[bundlePredicate] !== undefined) {
    return referrer;
  }
  const read = await readCandidate(async () => {
    const { bytes, mediaType } = await store.getManifest(referrer.digest);
    return parseManifest(bytes, mediaType).annotations ?? {};
  });
  return "code" in read ? referrer : { ...referrer, annotations: read };
}

function describe({ digest, artifactType, annotations = {} }: Descriptor): Attached {
  const isSigned = isBundleType(artifactType);
  const predicateType = isSigned ? annotations[bundlePredicate] : annotations[statementPredicate];
  return {
    kind: kindOf(artifactType, predicateType),
    digest,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(predicateType === undefined ? {} : { predicateType }),
    isSigned,
  };
}

function kindOf(artifactType: string | undefined, predicateType: string | undefined): AttachedKind {
  if (predicateType === predicateTypes.signature) return "signature";
  if (predicateType?.startsWith("https://slsa.dev/provenance/")) return "provenance";
  const sboms = [predicateTypes.cyclonedx, "https://spdx.dev/Document"];
  if (sboms.some((type) => predicateType?.startsWith(type))) return "sbom";
  if (artifactType === attachmentTypes.cyclonedx || artifactType === "application/spdx+json") return "sbom";
  if (isBundleType(artifactType) || artifactType === attachmentTypes.statement) return "attestation";
  return "other";
}
