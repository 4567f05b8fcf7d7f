import { MeshwasmError } from "../errors.js";
import { compareVersions, parseVersion, type Version } from "./semver.js";

/**
 * The moving tags that a version gets beside its own: `1.2`, `1` and `latest` for 1.2.3, each only when no higher
 * release that it would stand for is there already, and none for a prerelease. So 1.2.4 that comes after 1.3.0
 * moves `1.2` and leaves `1` and `latest` where they are.
 * @param existing all tags of the repository; what is no release among them does not count.
 * @throws MeshwasmError INPUT_INVALID when `version` is none, or has build metadata, which no tag can hold.
 */
export function semverTags(version: string, existing: readonly string[]): string[] {
  const own = parseVersion(version);
  if (!own || version.includes("+")) {
    throw new MeshwasmError("INPUT_INVALID", `${JSON.stringify(version)} is no version that a tag can hold`, {
      hint: "write MAJOR.MINOR.PATCH, e.g. 1.2.3",
    });
  }
  if (own.prerelease.length > 0) return [];
  const releases = existing
    .map(parseVersion)
    .filter((other): other is Version => other?.prerelease.length === 0);
  const isHighest = (among: (other: Version) => boolean) =>
    releases.filter(among).every((other) => compareVersions(other, own) <= 0);
  const tags: string[] = [];
  if (isHighest(({ major, minor }) => major === own.major && minor === own.minor))
    tags.push(`${own.major}.${own.minor}`);
  if (isHighest(({ major }) => major === own.major)) tags.push(`${own.major}`);
  if (isHighest(() => true)) tags.push("latest");
  return tags;
}
