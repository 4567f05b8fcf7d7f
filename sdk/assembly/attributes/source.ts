import { intAt, textAt } from "../properties";

// Where the stream's connection comes from.

/** The client's `ip:port`, as Envoy believes it to be (`x-forwarded-for` may count). */
export function address(): string | null {
  return textAt("source\0address");
}

/** The client's port. */
export function port(fallback: i64 = 0): i64 {
  return intAt("source\0port", fallback);
}
