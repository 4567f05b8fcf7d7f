/**
 * Where a value stands in a JSON text that is known to be one, or the nearest one around it. Archives have many megabytes:
 * this reads the tokens up to there, and builds nothing.
 *
 * @param from where the document begins
 * @param path keys and indexes from the document's root
 * @returns an offset
 */
export function locate(text: string, from: number, path: readonly (string | number)[]): number {
  const tokens = new Tokens(text, from);
  let token = tokens.next();
  let found = tokens.start;
  for (const key of path) {
    const inside = token === "{" ? tokens.member(String(key)) : token === "[" && tokens.element(Number(key));
    if (!inside) return found;
    token = tokens.next();
    // A list that ends before the index.
    if (token === "]") return found;
    found = tokens.start;
  }
  return found;
}

class Tokens {
  /** Where the last token began. */
  start = 0;
  private readonly pattern = /[\s,:]*("(?:[^"\\]|\\.)*"|[[\]{}]|[^\s[\]{},:"]+)/gsy;

  constructor(
    private readonly text: string,
    from: number,
  ) {
    this.pattern.lastIndex = from;
  }

  /** Empty: the end. */
  next(): string {
    const [, token = ""] = this.pattern.exec(this.text) ?? [];
    this.start = this.pattern.lastIndex - token.length;
    return token;
  }

  /** Moves behind a key of the object that has just begun; false when it is not there. */
  member(name: string): boolean {
    for (let key = this.next(); key.startsWith('"'); key = this.next()) {
      if (JSON.parse(key) === name) return true;
      this.skip(this.next());
    }
    return false;
  }

  /** Moves before an element of the list that has just begun; false when it has fewer. */
  element(index: number): boolean {
    for (let left = index; left > 0; left--) {
      const token = this.next();
      if (token === "]" || token === "") return false;
      this.skip(token);
    }
    return true;
  }

  /** Moves behind the value that begins with `token`. */
  private skip(token: string): void {
    let depth = 0;
    for (let each = token; each !== ""; each = this.next()) {
      if (each === "{" || each === "[") depth++;
      else if (each === "}" || each === "]") depth--;
      if (depth === 0) return;
    }
  }
}
