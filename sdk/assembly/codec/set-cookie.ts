import { trimmed } from "./cookies";
import { formatHttpDate } from "./http-date";

/** Who else a cookie is sent to (RFC 6265bis, section 4.1.2.7). */
export enum SameSite {
  /** Nothing is said. */
  Unset,
  /** Only with requests that come from the site itself. */
  Strict,
  /** Also when somebody follows a link to the site. */
  Lax,
  /** With every request; browsers want `secure` too. */
  None,
}

/** The value of a `set-cookie` header. Make one and set its attributes, or read one. */
export class SetCookie {
  /** Where it is sent to; empty: to this host only. */
  domain: string = "";
  /** The paths that it is sent to; empty: those beside the request's. */
  path: string = "";
  /** Seconds that it lives; `hasMaxAge` says whether it is there. 0 or less removes the cookie. */
  maxAge: i64 = 0;
  /** Whether `maxAge` is there. */
  hasMaxAge: bool = false;
  /** `Expires`, as it is written; empty: none. */
  expires: string = "";
  /** Whether it is sent over TLS only. */
  secure: bool = false;
  /** Whether scripts of a page do not see it. */
  httpOnly: bool = false;
  /** Who else it is sent to. */
  sameSite: SameSite = SameSite.Unset;

  /** A cookie without attributes; `header` says whether name and value are a cookie's. */
  constructor(
    /** What it is called. */
    public name: string,
    /** What it says, as it is written. */
    public value: string,
  ) {}

  /** The cookie that makes a browser forget `name`. */
  static removing(name: string): SetCookie {
    const cookie = new SetCookie(name, "");
    cookie.setMaxAge(0);
    cookie.expires = formatHttpDate(0);
    return cookie;
  }

  /** Reads the value of a `set-cookie` header; attributes that are not known are passed over. Null without a name. */
  static parse(header: string): SetCookie | null {
    const parts = header.split(";");
    const equals = parts[0].indexOf("=");
    if (equals <= 0) return null;
    const name = trimmed(parts[0].substring(0, equals));
    if (name.length == 0) return null;
    const cookie = new SetCookie(name, trimmed(parts[0].substring(equals + 1)));
    for (let i = 1; i < parts.length; i++) cookie.readAttribute(unchecked(parts[i]));
    return cookie;
  }

  /** Sets `maxAge`, in seconds. */
  setMaxAge(seconds: i64): SetCookie {
    this.maxAge = seconds;
    this.hasMaxAge = true;
    return this;
  }

  /** Whether name, value and attributes have only characters that they may have: nothing in them ends them early. */
  get isValid(): bool {
    if (this.name.length == 0 || !isToken(this.name) || !isCookieText(this.value, true)) return false;
    return (
      isCookieText(this.path, false) && isCookieText(this.domain, false) && isCookieText(this.expires, false)
    );
  }

  /** The header's value; null when it is not valid. */
  header(): string | null {
    if (!this.isValid) return null;
    let text = this.name + "=" + this.value;
    if (this.domain.length > 0) text += "; Domain=" + this.domain;
    if (this.path.length > 0) text += "; Path=" + this.path;
    if (this.expires.length > 0) text += "; Expires=" + this.expires;
    if (this.hasMaxAge) text += "; Max-Age=" + this.maxAge.toString();
    if (this.secure) text += "; Secure";
    if (this.httpOnly) text += "; HttpOnly";
    if (this.sameSite == SameSite.Strict) text += "; SameSite=Strict";
    if (this.sameSite == SameSite.Lax) text += "; SameSite=Lax";
    if (this.sameSite == SameSite.None) text += "; SameSite=None";
    return text;
  }

  private readAttribute(part: string): void {
    const equals = part.indexOf("=");
    const name = trimmed(equals < 0 ? part : part.substring(0, equals)).toLowerCase();
    const value = equals < 0 ? "" : trimmed(part.substring(equals + 1));
    if (name == "domain") this.domain = value;
    else if (name == "path") this.path = value;
    else if (name == "expires") this.expires = value;
    else if (name == "secure") this.secure = true;
    else if (name == "httponly") this.httpOnly = true;
    else if (name == "max-age") this.readMaxAge(value);
    else if (name == "samesite") {
      const site = value.toLowerCase();
      if (site == "strict") this.sameSite = SameSite.Strict;
      else if (site == "lax") this.sameSite = SameSite.Lax;
      else if (site == "none") this.sameSite = SameSite.None;
    }
  }

  private readMaxAge(value: string): void {
    const negative = value.length > 0 && value.charCodeAt(0) == 0x2d;
    const from = negative ? 1 : 0;
    if (value.length == from) return;
    let seconds: i64 = 0;
    for (let i = from; i < value.length; i++) {
      const digit = value.charCodeAt(i) - 0x30;
      if (digit < 0 || digit > 9) return;
      // A thousand years are long enough.
      seconds = min(seconds * 10 + digit, 31_556_952_000);
    }
    this.setMaxAge(negative ? -seconds : seconds);
  }
}

/** A token of RFC 9110, section 5.6.2. */
function isToken(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit <= 0x20 || unit >= 0x7f || '()<>@,;:\\"/[]?={}'.indexOf(String.fromCharCode(unit)) >= 0)
      return false;
  }
  return true;
}

/** Printable ASCII without `;`; a value also without blank, comma, quote and backslash (RFC 6265, section 4.1.1). */
function isCookieText(text: string, isValue: bool): bool {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit >= 0x7f || unit == 0x3b) return false;
    if (isValue && (unit == 0x20 || unit == 0x22 || unit == 0x2c || unit == 0x5c)) return false;
  }
  return true;
}
