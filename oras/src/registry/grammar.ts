import { createHash } from "node:crypto";

// Written apart from the client's parser on purpose: a mistake that both sides share would go unseen in tests.

const namePattern = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

/** True for a repository name. See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests. */
export function isName(text: string): boolean {
  return text.length <= 255 && namePattern.test(text);
}

/** True for a tag. */
export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** True for a sha256 or sha512 digest. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

/** The digest of bytes in the algorithm that `like` is in. */
export function digestLike(bytes: Uint8Array, like: string): string {
  const algorithm = like.slice(0, like.indexOf(":"));
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}
