import { compareVersions, parseVersion } from "./semver.js";

/** Tags for people: versions first, the highest on top, then all others in alphabetical order. */
export function sortTags(tags: readonly string[]): string[] {
  const versions = tags.flatMap((tag) => {
    const version = parseVersion(tag);
    return version ? [{ tag, version }] : [];
  });
  const others = tags.filter((tag) => parseVersion(tag) === undefined);
  return [
    ...versions.sort((a, b) => compareVersions(b.version, a.version)).map(({ tag }) => tag),
    ...others.sort((a, b) => (a < b ? -1 : 1)),
  ];
}
