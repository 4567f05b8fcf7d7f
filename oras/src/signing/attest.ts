import { attach } from "../attach.js";
import { MeshwasmError } from "../errors.js";
import {
  formatReference,
  parseReference,
  type Reference,
  referenceTarget,
  withTarget,
} from "../reference.js";
import type { RemoteOptions } from "../remote/options.js";
import { openStore } from "../store/open.js";
import { encodeBundle, preAuthEncoding } from "./bundle.js";
import { findBundles } from "./find-bundles.js";
import { attachmentTypes } from "./predicate-types.js";
import type { PrivateKey } from "./private-key.js";
import { encodeStatement, statementPayloadType } from "./statement.js";

/** How {@link attest} reaches the registry, and who signs. */
export interface AttestOptions extends RemoteOptions {
  /** Absent: nobody signs, and the statement is attached as it is. */
  key?: PrivateKey | undefined;
  /** The artifact's name in the statement. Absent: its digest alone names it. */
  subjectName?: string | undefined;
}

/** A statement that was attached. */
export interface AttestResult {
  /** The referrer by digest. */
  ref: string;
  /** Digest of the referrer's manifest. */
  digest: string;
  /** Digest of the artifact. */
  subject: string;
  predicateType: string;
  /** `sha256:<hex>` of the public key; absent: nobody signed. */
  keyId?: string;
  /** False: the same statement, signed by the same key, was there, and nothing was written. */
  isNew: boolean;
}

/**
 * Attaches an in-toto statement about an artifact as a referrer: signed, as a Sigstore bundle that
 * `cosign verify-attestation` takes; or unsigned, as `application/vnd.in-toto+json`. Doing it again changes nothing.
 * @throws MeshwasmError REFERENCE_INVALID, NOT_FOUND, and those of the store.
 */
export async function attest(
  reference: string,
  predicateType: string,
  predicate: object,
  options: AttestOptions = {},
): Promise<AttestResult> {
  const { key, subjectName } = options;
  const parsed = parseReference(reference);
  const subject = await resolve(reference, options);
  const statement = encodeStatement({ digest: subject, name: subjectName }, predicateType, predicate);
  // By digest: what a tag names may change between two requests.
  const byDigest = { ...withTarget(parsed, { digest: subject }), digest: subject };
  const common = { subject, predicateType, ...(key ? { keyId: key.publicKey.id } : {}) };
  // ECDSA gives other bytes each time, so that attaching alone would not notice.
  const existing = key && (await findSame(byDigest, statement, key, options));
  if (existing) {
    const ref = formatReference(withTarget(parsed, { digest: existing }));
    return { ref, digest: existing, ...common, isNew: false };
  }
  const type = key ? attachmentTypes.bundle : attachmentTypes.statement;
  const attachment = {
    artifactType: type,
    layers: [{ mediaType: type, bytes: key ? encodeBundle(statement, key) : statement }],
    annotations: key
      ? {
          "dev.sigstore.bundle.content": "dsse-envelope",
          "dev.sigstore.bundle.predicateType": predicateType,
        }
      : { "in-toto.io/predicate-type": predicateType },
  };
  const { ref, digest } = await attach(formatReference(byDigest), attachment, options);
  return { ref, digest, ...common, isNew: true };
}

async function findSame(
  artifact: Reference & { digest: string },
  statement: Uint8Array,
  { publicKey }: PrivateKey,
  options: RemoteOptions,
): Promise<string | undefined> {
  const wanted = Buffer.from(preAuthEncoding(statementPayloadType, statement));
  const store = openStore(artifact, "pull", options);
  try {
    const found = (await findBundles(store, artifact.digest)).find(
      ({ content }) =>
        "signed" in content &&
        wanted.equals(content.signed) &&
        publicKey.verifies(content.signed, content.signature),
    );
    return found?.digest;
  } finally {
    await store.close();
  }
}

/** The digest that a reference names. @throws MeshwasmError NOT_FOUND, and those of the store. */
export async function resolve(reference: string, options: RemoteOptions): Promise<string> {
  const parsed = parseReference(reference);
  const store = openStore(parsed, "pull", options);
  try {
    const digest = await store.headManifest(referenceTarget(parsed));
    if (digest !== undefined) return digest;
    throw new MeshwasmError("NOT_FOUND", `there is no ${formatReference(parsed)}`);
  } finally {
    await store.close();
  }
}
