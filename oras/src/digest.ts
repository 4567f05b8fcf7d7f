import { createHash, type Hash } from "node:crypto";
import { MeshwasmError } from "./errors.js";

const hexLength = { sha256: 64, sha512: 128 } as const;

/** The hash algorithms of the OCI image specification that every registry must know. */
export type DigestAlgorithm = keyof typeof hexLength;

/** A checked digest, split at its colon. */
export interface ParsedDigest {
  algorithm: DigestAlgorithm;
  /** Lower-case hexadecimal. */
  hex: string;
}

/**
 * The sha256 digest of bytes, as `sha256:<hex>`.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests.
 */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** What is wrong with a digest, as the end of a sentence; undefined when it is a valid sha256 or sha512 digest. */
export function digestProblem(text: string): string | undefined {
  const colon = text.indexOf(":");
  if (colon < 0) return "has no algorithm: write sha256:<64 hexadecimal digits>";
  const algorithm = text.slice(0, colon);
  if (!Object.hasOwn(hexLength, algorithm)) return `has the unknown algorithm ${JSON.stringify(algorithm)}`;
  const hex = text.slice(colon + 1);
  const wanted = hexLength[algorithm as DigestAlgorithm];
  if (hex.length !== wanted) return `has ${hex.length} hexadecimal digits, ${algorithm} has ${wanted}`;
  const wrong = /[^0-9a-f]/.exec(hex);
  if (wrong) return `has the character ${JSON.stringify(wrong[0])}; only 0-9 and a-f are allowed`;
  return undefined;
}

/**
 * Splits and checks a digest.
 * @throws MeshwasmError REFERENCE_INVALID when it is not a sha256 or sha512 digest.
 */
export function parseDigest(text: string): ParsedDigest {
  const problem = digestProblem(text);
  if (problem) throw new MeshwasmError("REFERENCE_INVALID", `digest ${JSON.stringify(text)} ${problem}`);
  const colon = text.indexOf(":");
  return { algorithm: text.slice(0, colon) as DigestAlgorithm, hex: text.slice(colon + 1) };
}

/** A running hash for content that arrives in pieces. */
export interface Digester {
  update(bytes: Uint8Array): void;
  /** The digest of all that was fed, in the algorithm of the expected one. */
  digest(): string;
}

/** Starts a running hash in the algorithm of `expected`, which must be valid. */
export function digesterFor(expected: string): Digester {
  const { algorithm } = parseDigest(expected);
  const hash: Hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => `${algorithm}:${hash.digest("hex")}`,
  };
}

/** True when the bytes have the given digest, whatever its algorithm. */
export function matchesDigest(bytes: Uint8Array, expected: string): boolean {
  const digester = digesterFor(expected);
  digester.update(bytes);
  return digester.digest() === expected;
}
