import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { MeshwasmError } from "../errors.js";
import { bitString, integer, sequence, setOf, tagged, utf8String } from "./der.js";
import { type DerValue, readDer } from "./der-reader.js";
import { ecdsaWithSha256, oids } from "./oids.js";
import { fromPem, toPem } from "./pem.js";

/** Characters of a request as PEM; one on P-256 has about 400. */
const maxCharacters = 8192;

/**
 * Makes a PKCS #10 request (RFC 2986) for a key on P-256.
 *
 * @param commonName what the requester calls itself; the operator takes the name from the token instead
 * @returns PEM
 */
export function createSigningRequest(
  commonName: string,
  keys: { publicKey: KeyObject; privateKey: KeyObject },
): string {
  const body = sequence(
    integer(Buffer.from([0])),
    sequence(setOf(sequence(oids.commonName, utf8String(commonName)))),
    keys.publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa0),
  );
  const signature = sign("sha256", body, keys.privateKey);
  return toPem("CERTIFICATE REQUEST", sequence(body, ecdsaWithSha256, bitString(signature)));
}

/**
 * Reads a PKCS #10 request and checks that who made it has the key. All that the request says beside its key is left
 * aside: names and uses are the operator's to decide.
 *
 * @throws MeshwasmError CertificateInvalid
 */
export function readSigningRequest(pem: string): KeyObject {
  if (pem.length > maxCharacters) throw invalid(`has more than ${maxCharacters} characters`);
  const [der, more] = fromPem("CERTIFICATE REQUEST", pem);
  if (der === undefined || more !== undefined) throw invalid("is not one PEM block CERTIFICATE REQUEST");
  const [outer, rest] = readDer(der);
  if (outer?.tag !== 0x30 || rest !== undefined) throw invalid("is malformed");
  const [body, algorithm, signature, after] = readDer(outer.content);
  const [, , key] = body?.tag === 0x30 ? readDer(body.content) : [];
  if (!body || !algorithm || signature?.tag !== 0x03 || key?.tag !== 0x30) throw invalid("is malformed");
  // The number of unused bits, and whatever follows, are not covered by the signature.
  if (signature.content[0] !== 0 || after !== undefined) throw invalid("is malformed");
  if (!Buffer.from(algorithm.whole).equals(ecdsaWithSha256)) {
    throw invalid("is not signed with ECDSA and SHA-256");
  }
  const publicKey = keyOf(key);
  if (!verify("sha256", body.whole, publicKey, signature.content.subarray(1))) {
    throw invalid("is not signed by its key");
  }
  return publicKey;
}

function keyOf({ whole }: DerValue): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(whole), format: "der", type: "spki" });
  } catch (cause) {
    throw invalid("holds no public key", cause);
  }
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") throw invalid("has a key that is not on P-256");
  return key;
}

function invalid(problem: string, cause?: unknown): MeshwasmError {
  return new MeshwasmError("CertificateInvalid", `the request for a certificate ${problem}`, { cause });
}
