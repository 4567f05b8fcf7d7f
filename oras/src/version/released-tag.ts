import { MeshwasmError } from "../errors.js";
import { parseVersion } from "./semver.js";

/** Whether a released tag may be moved. */
export interface ForceOption {
  /** True: the tag of a release is moved to other content. Absent: refused with TAG_EXISTS. */
  force?: boolean | undefined;
}

/** True for the tag of a release, `x.y.z` without a prerelease: people rely on its content never changing. */
export function isReleaseTag(tag: string): boolean {
  return parseVersion(tag)?.prerelease.length === 0;
}

/**
 * Refuses to move the tag of a release to other content. Best effort: a registry cannot compare and swap, so of two
 * first pushes at the same moment the later one wins.
 * @param current what the tag names now; undefined: nothing.
 * @throws MeshwasmError TAG_EXISTS.
 */
export function checkReleasedTag(
  place: string,
  tag: string,
  digests: { current: string | undefined; wanted: string },
  options: ForceOption,
): void {
  const { current, wanted } = digests;
  if (current === undefined || current === wanted || options.force || !isReleaseTag(tag)) return;
  throw new MeshwasmError(
    "TAG_EXISTS",
    `${place}:${tag} is released already, with other content: ${current}`,
    {
      hint: "raise the version; or use force to replace what others may have pinned or cached",
    },
  );
}
