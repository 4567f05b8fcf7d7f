/**
 * The cookies of a request (RFC 6265, section 4.2), in order. Values are as they stand there, without their quotes if they
 * have any; nothing else is decoded. Everything can be read.
 */
export class Cookies {
  private names: string[] = [];
  private values: string[] = [];

  /** Reads the value of a `cookie` header; null, a header that is not there, has none. */
  static parse(header: string | null): Cookies {
    const cookies = new Cookies();
    if (header == null) return cookies;
    const pairs = header.split(";");
    for (let i = 0; i < pairs.length; i++) {
      const pair = unchecked(pairs[i]);
      const equals = pair.indexOf("=");
      // Without a "=" browsers send a value that has no name.
      const name = equals < 0 ? "" : trimmed(pair.substring(0, equals));
      const value = trimmed(pair.substring(equals + 1));
      if (name.length == 0 && value.length == 0) continue;
      cookies.names.push(name);
      cookies.values.push(value);
    }
    return cookies;
  }

  /** How many there are. */
  get length(): i32 {
    return this.names.length;
  }

  /** The first cookie of a name; null when it is not there. Names are told apart by their case. */
  get(name: string): string | null {
    const at = this.names.indexOf(name);
    return at < 0 ? null : unquoted(unchecked(this.values[at]));
  }

  /** Whether a cookie is there. */
  has(name: string): bool {
    return this.names.includes(name);
  }

  /** Removes all cookies of a name; whether there was one. */
  remove(name: string): bool {
    let kept = 0;
    for (let i = 0; i < this.names.length; i++) {
      if (unchecked(this.names[i]) == name) continue;
      unchecked((this.names[kept] = this.names[i]));
      unchecked((this.values[kept] = this.values[i]));
      kept++;
    }
    const removed = kept < this.names.length;
    this.names.length = kept;
    this.values.length = kept;
    return removed;
  }

  /** The value of a `cookie` header; empty without cookies: remove the header then. */
  toString(): string {
    let text = "";
    for (let i = 0; i < this.names.length; i++) {
      const name = unchecked(this.names[i]);
      text += (i ? "; " : "") + (name.length > 0 ? name + "=" : "") + unchecked(this.values[i]);
    }
    return text;
  }
}

/** Without spaces and tabs at its ends. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.substring(start, end);
}

function isSpace(unit: i32): bool {
  return unit == 0x20 || unit == 0x09;
}

function unquoted(value: string): string {
  const quoted =
    value.length > 1 && value.charCodeAt(0) == 0x22 && value.charCodeAt(value.length - 1) == 0x22;
  return quoted ? value.substring(1, value.length - 1) : value;
}
