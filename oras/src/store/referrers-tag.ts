/**
 * The tag whose index stands in for the referrers API: `sha256-<hex>`.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema.
 */
export function referrersTag(digest: string): string {
  return digest.replace(":", "-");
}

/** True for a tag that names no artifact of its own: an index of referrers, or cosign's `.sig`, `.att`, `.sbom`. */
export function isReferrersTag(tag: string): boolean {
  return /^sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{128})(?:\..*)?$/.test(tag);
}
