import { parseDigest } from "../digest.js";
import { asObject, encodeJson, parseJson } from "../json.js";

/**
 * What an in-toto statement says of which artifacts.
 * See https://github.com/in-toto/attestation/blob/v1.1.2/spec/v1/statement.md.
 */
export interface Statement {
  predicateType: string;
  /** Absent: none; a signature needs none. */
  predicate?: unknown;
  /** Digests of all subjects: `sha256:<hex>`. */
  subjects: readonly string[];
}

/** The media type of a statement inside an envelope. */
export const statementPayloadType = "application/vnd.in-toto+json";

const maxSubjects = 1024;

/** A subject as a statement is to name it. */
export interface Subject {
  digest: string;
  /** Absent: the digest says it all. */
  name?: string | undefined;
}

/**
 * Writes a statement about one artifact.
 * @throws MeshwasmError REFERENCE_INVALID for a subject that is no digest.
 */
export function encodeStatement(subject: Subject, predicateType: string, predicate: object): Uint8Array {
  const { algorithm, hex } = parseDigest(subject.digest);
  const name = subject.name === undefined ? {} : { name: subject.name };
  return encodeJson({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ ...name, digest: { [algorithm]: hex } }],
    predicateType,
    predicate,
  });
}

/**
 * Reads a statement, v0.1 or v1.
 * @throws MeshwasmError MANIFEST_INVALID, Error when it is something else.
 */
export function parseStatement(bytes: Uint8Array): Statement {
  const { _type, subject, predicateType, predicate } = asObject(
    parseJson(bytes, "the statement"),
    "the statement",
  );
  if (_type !== "https://in-toto.io/Statement/v1" && _type !== "https://in-toto.io/Statement/v0.1") {
    throw new Error("it is no in-toto statement");
  }
  if (typeof predicateType !== "string") throw new Error("the statement has no predicateType");
  if (!Array.isArray(subject) || subject.length === 0) throw new Error("the statement has no subject");
  if (subject.length > maxSubjects) throw new Error(`the statement has ${subject.length} subjects`);
  return { predicateType, predicate, subjects: subject.flatMap(digestsOf) };
}

function digestsOf(subject: unknown): string[] {
  const digests = asObject(asObject(subject, "the statement's subject").digest, "the subject's digest");
  return Object.entries(digests).map(([algorithm, hex]) => `${algorithm}:${String(hex)}`);
}
