import { Sha256, sha256 } from "./sha256";

/** The HMAC-SHA-256 of a message (RFC 2104), 32 bytes. Compare it with `sameSecret`, never with `==`. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const inner = keyBlock(key, 0x36);
  const outer = keyBlock(key, 0x5c);
  const hash = new Sha256();
  const digest = hash.update(inner).update(message).digest();
  return hash.update(outer).update(digest).digest();
}

/** The key as a block of 64 bytes, each with `pad` over it. */
function keyBlock(key: Uint8Array, pad: u8): Uint8Array {
  const short = key.length > 64 ? sha256(key) : key;
  const block = new Uint8Array(64);
  memory.copy(block.dataStart, short.dataStart, short.length);
  for (let i = 0; i < 64; i++) unchecked((block[i] ^= pad));
  return block;
}
