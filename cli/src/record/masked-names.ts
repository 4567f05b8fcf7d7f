/** Headers whose values never reach a recorded file. */
export const maskedByDefault = [
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
] as const;

/** Those and others, in lower case. */
export function maskedNames(others: readonly string[] = []): ReadonlySet<string> {
  return new Set([...maskedByDefault, ...others.map((name) => name.toLowerCase())]);
}
