import { Query } from "./query";

/**
 * The parts of a URL or of a `:path` (RFC 3986, appendix B): nothing is decoded, and whatever the text, the parts put
 * together are the text again.
 */
export class Url {
  private constructor(
    /** Without the colon; null when there is none. */
    public scheme: string | null,
    /** User, host and port; null when there is none. */
    public authority: string | null,
    /** The path; empty when there is none. */
    public path: string,
    /** What is behind `?`; null when there is none, which is not the same as an empty one. */
    public query: string | null,
    /** What is behind `#`; null when there is none. */
    public fragment: string | null,
  ) {}

  /** Takes a URL, or a path, apart. */
  static parse(text: string): Url {
    let rest = text;
    let scheme: string | null = null;
    let authority: string | null = null;
    let query: string | null = null;
    let fragment: string | null = null;
    const hash = rest.indexOf("#");
    if (hash >= 0) {
      fragment = rest.substring(hash + 1);
      rest = rest.substring(0, hash);
    }
    const mark = rest.indexOf("?");
    if (mark >= 0) {
      query = rest.substring(mark + 1);
      rest = rest.substring(0, mark);
    }
    const colon = rest.indexOf(":");
    const slash = rest.indexOf("/");
    if (colon > 0 && (slash < 0 || colon < slash)) {
      scheme = rest.substring(0, colon);
      rest = rest.substring(colon + 1);
    }
    if (rest.startsWith("//")) {
      let end = rest.indexOf("/", 2);
      if (end < 0) end = rest.length;
      authority = rest.substring(2, end);
      rest = rest.substring(end);
    }
    return new Url(scheme, authority, rest, query, fragment);
  }

  /** The host of the authority, with the brackets of an IPv6 address; empty without one. */
  get host(): string {
    const authority = this.authority;
    if (authority == null) return "";
    const from = authority.lastIndexOf("@") + 1;
    const end = portColon(authority);
    return authority.substring(from, end < from ? authority.length : end);
  }

  /** The port of the authority, from 0 to 65535; -1 where there is none, or what stands there is none. */
  get port(): i32 {
    const authority = this.authority;
    if (authority == null) return -1;
    const colon = portColon(authority);
    if (colon < 0 || colon + 1 == authority.length) return -1;
    let port = 0;
    for (let i = colon + 1; i < authority.length; i++) {
      const digit = authority.charCodeAt(i) - 0x30;
      if (digit < 0 || digit > 9) return -1;
      port = port * 10 + digit;
      if (port > 0xffff) return -1;
    }
    return port;
  }

  /** The query's names and values; none without a query. To change them: `url.query = names.toString()`. */
  get parameters(): Query {
    const query = this.query;
    return query == null ? new Query() : Query.parse(query);
  }

  /** The parts put together. */
  toString(): string {
    const scheme = this.scheme;
    const authority = this.authority;
    const query = this.query;
    const fragment = this.fragment;
    let text = scheme == null ? "" : scheme + ":";
    if (authority != null) text += "//" + authority;
    text += this.path;
    if (query != null) text += "?" + query;
    if (fragment != null) text += "#" + fragment;
    return text;
  }
}

/** The colon before the port; -1 without one. Those of an IPv6 address are in brackets. */
function portColon(authority: string): i32 {
  const colon = authority.lastIndexOf(":");
  return colon > max(authority.lastIndexOf("]"), authority.lastIndexOf("@")) ? colon : -1;
}
