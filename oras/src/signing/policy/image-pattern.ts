/** More would only make matching slow. */
const maxWildcards = 8;

/** What is wrong with a pattern, as the end of a sentence; undefined: nothing. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === "" || pattern.length > 512) return "must have 1 to 512 characters";
  if ((pattern.match(/\*+/g) ?? []).length > maxWildcards) return `has more than ${maxWildcards} wildcards`;
  if (/\*{3}/.test(pattern)) return "has three * in a row";
  // Tags move, and a digest is what is verified: a rule that hung on either could be passed by.
  if (/@/.test(pattern)) return "names a digest; a rule is for repositories";
  if (!/[/:]|^\*\*/.test(pattern)) return "names no repository: write HOST/REPOSITORY, or ** for all";
  if (!pattern.startsWith("oci:") && /:[^/*]*$/.test(pattern) && pattern.includes("/")) {
    return "names a tag; a rule is for repositories";
  }
  return undefined;
}

/** Whether a repository is one that a pattern is for: `*` is anything without `/`, `**` anything. */
export function matchesPattern(repository: string, pattern: string): boolean {
  const source = pattern
    .split(/(\*\*?)/)
    .map((part) =>
      part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${source}$`, "s").test(repository);
}
