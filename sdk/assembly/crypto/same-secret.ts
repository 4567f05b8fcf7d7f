import { hmacSha256 } from "./hmac";

/**
 * Whether two secrets are the same, in a time that says nothing about where they differ. That of two lengths is told
 * apart: hash first where the length is a secret too.
 */
export function sameSecret(a: Uint8Array, b: Uint8Array): bool {
  if (a.length != b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= load<u8>(a.dataStart + i) ^ load<u8>(b.dataStart + i);
  return difference == 0;
}

/** Whether `signature` is the HMAC-SHA-256 of a message. */
export function verifyHmacSha256(key: Uint8Array, message: Uint8Array, signature: Uint8Array): bool {
  return sameSecret(hmacSha256(key, message), signature);
}
