import { intAt, textAt } from "../properties";

// Attributes of the request. They come from its headers as they are now, and are there while those are: in the request's
// own callbacks and in the access log. HTTP filters only.

/** The path with its query. */
export function path(): string | null {
  return textAt("request\0path");
}

/** The path without its query. */
export function urlPath(): string | null {
  return textAt("request\0url_path");
}

/** The query, without `?`; empty when there is none. */
export function query(): string | null {
  return textAt("request\0query");
}

/** `:authority`. */
export function host(): string | null {
  return textAt("request\0host");
}

/** `http` or `https`. */
export function scheme(): string | null {
  return textAt("request\0scheme");
}

/** `GET`, …. */
export function method(): string | null {
  return textAt("request\0method");
}

/** `HTTP/1.0`, `HTTP/1.1`, `HTTP/2` or `HTTP/3`. */
export function protocol(): string | null {
  return textAt("request\0protocol");
}

/** The header `referer`. */
export function referer(): string | null {
  return textAt("request\0referer");
}

/** The header `user-agent`. */
export function userAgent(): string | null {
  return textAt("request\0useragent");
}

/** The header `x-request-id`. */
export function id(): string | null {
  return textAt("request\0id");
}

/** When its first byte came, in nanoseconds since 1970. */
export function time(fallback: i64 = 0): i64 {
  return intAt("request\0time", fallback);
}

/** How long it took to come, in nanoseconds; `fallback` until it is all there. */
export function duration(fallback: i64 = 0): i64 {
  return intAt("request\0duration", fallback);
}

/** Bytes of its body: what `content-length` says, else those that have come so far. */
export function size(fallback: i64 = 0): i64 {
  return intAt("request\0size", fallback);
}

/** Bytes of its headers and of the body that has come. */
export function totalSize(fallback: i64 = 0): i64 {
  return intAt("request\0total_size", fallback);
}

/** The values of the header `name`, joined by commas. */
export function header(name: string): string | null {
  return textAt("request\0headers\0" + name);
}
