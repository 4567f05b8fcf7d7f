/** What the SDK's matcher does not know: back-references, look-around, Unicode properties. */
const unknown = /\(\?(?:<?[=!])|\\(?:[1-9]|k<|p\{)/iu;

/** Why the SDK's matcher cannot take a pattern, which JSON Schema means with the flag `u`; undefined when it can. */
export function patternFault(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "u");
  } catch (error) {
    return (error as Error).message;
  }
  const found = unknown.exec(withoutEscapedBackslashes(pattern))?.[0];
  return found && `the SDK's regular expressions have no '${found}'`;
}

/** So that the second of two backslashes is not taken for the beginning of an escape. */
function withoutEscapedBackslashes(pattern: string): string {
  return pattern.replaceAll("\\\\", "..");
}
