import type { Descriptor } from "../descriptor.js";
import { asObject, parseJson } from "../json.js";
import { limits } from "../limits.js";
import { parseManifest } from "../manifest.js";
import { referrersTag } from "../store/referrers-tag.js";
import type { Store } from "../store/store.js";
import { parseEnvelope, type SignedStatement } from "./bundle.js";
import type { Candidate } from "./candidate.js";
import { checkCount, readCandidate } from "./find-bundles.js";
import { attachmentTypes, predicateTypes } from "./predicate-types.js";

const signatureAnnotation = "dev.cosignproject.cosign/signature";

/**
 * The signatures and attestations that older cosign versions put under the tags `sha256-<hex>.sig` and `.att`.
 * See https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md and ATTESTATION_SPEC.md beside it.
 * @throws MeshwasmError SIZE_LIMIT over 256 of them, and those of the store.
 */
export async function findLegacy(store: Store, digest: string): Promise<Candidate[]> {
  return [
    ...(await findUnder(store, digest, "sig", attachmentTypes.simpleSigning, readSimpleSigning)),
    ...(await findUnder(store, digest, "att", attachmentTypes.envelope, readEnvelope)),
  ];
}

async function findUnder(
  store: Store,
  digest: string,
  suffix: "sig" | "att",
  mediaType: string,
  read: (layer: Descriptor, bytes: Uint8Array) => SignedStatement,
): Promise<Candidate[]> {
  const tag = `${referrersTag(digest)}.${suffix}`;
  if ((await store.headManifest(tag)) === undefined) return [];
  const fetched = await store.getManifest(tag);
  const format = `${suffix}-tag` as const;
  // What stands under the tag may be anything; then it is one candidate that does not count.
  const layers = await readCandidate(async () =>
    parseManifest(fetched.bytes, fetched.mediaType).layers.filter((each) => each.mediaType === mediaType),
  );
  if ("code" in layers) return [{ format, digest: fetched.digest, content: layers }];
  checkCount(layers.length, store, digest);
  const found: Candidate[] = [];
  for (const layer of layers) {
    const content = await readCandidate(async () =>
      read(layer, await store.getBlob(layer, limits.bundleBytes)),
    );
    found.push({ format, digest: layer.digest, content });
  }
  return found;
}

// https://github.com/containers/image/blob/v5.34.0/docs/containers-signature.5.md#the-cryptographic-signature-payload
function readSimpleSigning(layer: Descriptor, bytes: Uint8Array): SignedStatement {
  const { critical } = asObject(parseJson(bytes, "the payload"), "the payload");
  const { image } = asObject(critical, "the payload's critical part");
  const { "docker-manifest-digest": digest } = asObject(image, "the payload's image");
  const signature = layer.annotations?.[signatureAnnotation];
  if (typeof digest !== "string") throw new Error("the payload names no digest");
  if (signature === undefined) throw new Error(`the layer has no annotation ${signatureAnnotation}`);
  return {
    statement: { predicateType: predicateTypes.signature, subjects: [digest] },
    signed: bytes,
    signature: Buffer.from(signature, "base64"),
  };
}

function readEnvelope(_layer: Descriptor, bytes: Uint8Array): SignedStatement {
  return parseEnvelope(parseJson(bytes, "the envelope"));
}
