/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  scheme: string;
  /** Parameters by lower-case name, unquoted. */
  params: Map<string, string>;
}

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const paramPattern = new RegExp(`[\\s,]*(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, "y");
const schemePattern = new RegExp(`[\\s,]*(${token})(?=[\\s,]|$)`, "y");

/**
 * Reads the challenges of a `WWW-Authenticate` header; stops at the first thing that it does not understand.
 * See https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(header);
    if (found) position = pattern.lastIndex;
    return found;
  };
  for (;;) {
    const current = challenges.at(-1);
    const param = current ? match(paramPattern) : null;
    if (current && param?.[1]) {
      const value = param[2] === undefined ? param[3] : param[2].replaceAll(/\\(.)/g, "$1");
      current.params.set(param[1].toLowerCase(), value ?? "");
      continue;
    }
    const scheme = match(schemePattern)?.[1];
    if (scheme === undefined) return challenges;
    challenges.push({ scheme: scheme.toLowerCase(), params: new Map() });
  }
}
