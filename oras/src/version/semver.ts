/** A version by https://semver.org/spec/v2.0.0.html. Build metadata is dropped: it decides nothing. */
export interface Version {
  major: bigint;
  minor: bigint;
  patch: bigint;
  /** Dot-separated identifiers behind the `-`; empty for a release. */
  prerelease: string[];
}

const number = "0|[1-9][0-9]*";
const identifier = `(?:${number}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`;
const pattern = new RegExp(
  `^(${number})\\.(${number})\\.(${number})(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/** Reads a version strictly: no `v`, no missing part, no leading zero. Undefined: it is none. */
export function parseVersion(text: string): Version | undefined {
  const match = text.length <= 256 ? pattern.exec(text) : null;
  if (!match) return undefined;
  const [, major = "", minor = "", patch = "", prerelease = ""] = match;
  return {
    major: BigInt(major),
    minor: BigInt(minor),
    patch: BigInt(patch),
    prerelease: prerelease === "" ? [] : prerelease.split("."),
  };
}

/** Precedence by section 11 of the specification: negative when `a` is the lower one, 0 when neither is. */
export function compareVersions(a: Version, b: Version): number {
  for (const part of ["major", "minor", "patch"] as const) {
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  }
  // A release is above its prereleases.
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Number(a.prerelease.length === 0) - Number(b.prerelease.length === 0);
  }
  for (const [index, left] of a.prerelease.entries()) {
    const right = b.prerelease[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length;
}

function compareIdentifiers(a: string, b: string): number {
  const isNumber = /^[0-9]+$/;
  if (isNumber.test(a) !== isNumber.test(b)) return isNumber.test(a) ? -1 : 1;
  if (a === b) return 0;
  const isLower = isNumber.test(a) ? BigInt(a) < BigInt(b) : a < b;
  return isLower ? -1 : 1;
}
