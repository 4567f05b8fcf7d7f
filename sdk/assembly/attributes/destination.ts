import { intAt, textAt } from "../properties";

// Where the stream's connection has come to.

/** `ip:port` of the listener, or where the connection was sent before it was redirected. */
export function address(): string | null {
  return textAt("destination\0address");
}

/** Its port. */
export function port(fallback: i64 = 0): i64 {
  return intAt("destination\0port", fallback);
}
