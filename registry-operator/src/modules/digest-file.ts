const digestPattern = /^sha256:([0-9a-f]{64})$/;
const filePattern = /^sha256-([0-9a-f]{64})\.wasm$/;

/** Whether a text is the digest of a module: `sha256:` and 64 lower-case hexadecimal digits. */
export function isModuleDigest(text: string): boolean {
  return digestPattern.test(text);
}

/**
 * The file's name of a module, in every store and on the wire: `sha256-<hex>.wasm`.
 *
 * @throws RangeError for what {@link isModuleDigest} refuses, so that no path is ever made of other text
 */
export function moduleFileName(digest: string): string {
  const hex = digestPattern.exec(digest)?.[1];
  if (hex === undefined) throw new RangeError(`no sha256 digest: ${JSON.stringify(digest.slice(0, 100))}`);
  return `sha256-${hex}.wasm`;
}

/** The digest that a file's name says; undefined when it is not a module's name. */
export function digestOfFileName(name: string): string | undefined {
  const hex = filePattern.exec(name)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}
