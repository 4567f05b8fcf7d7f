/** What a call wants to do with a repository, in the words of token services. */
export type Access = "pull" | "pull,push" | "pull,push,delete";

/**
 * The scopes to ask a token service for: what the call needs, and what the challenge names beside it.
 * See https://distribution.github.io/distribution/spec/auth/scope/.
 */
export function scopesFor(repository: string, access: Access, challenged: string | undefined): string[] {
  // Without a repository only the credentials are tried.
  const own = repository === "" ? [] : [`repository:${repository}:${access}`];
  const others = (challenged ?? "")
    .split(" ")
    .filter((scope) => scope !== "" && !scope.startsWith(`repository:${repository}:`));
  return [...own, ...new Set(others)];
}
