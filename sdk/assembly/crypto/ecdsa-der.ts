/**
 * An ECDSA signature of two numbers of the same length, as JWT has it (RFC 7518, section 3.4), in DER (RFC 3279, section
 * 2.2.3), as Envoy's `verify_signature` wants it. Null for an odd or too long one (over 132 bytes, P-521).
 */
export function ecdsaToDer(signature: Uint8Array): Uint8Array | null {
  const half = signature.length >> 1;
  if (half == 0 || signature.length & 1 || signature.length > 132) return null;
  const r = numberSize(signature, 0, half);
  const s = numberSize(signature, half, half);
  const content = 4 + r + s;
  // P-521 needs a length of two bytes.
  const head = content < 128 ? 2 : 3;
  const der = new Uint8Array(head + content);
  store<u8>(der.dataStart, 0x30);
  if (head == 3) store<u8>(der.dataStart, 0x81, 1);
  store<u8>(der.dataStart + head - 1, content);
  writeNumber(der.dataStart + head, signature, 0, half, r);
  writeNumber(der.dataStart + head + 2 + r, signature, half, half, s);
  return der;
}

/** How many bytes a number needs: no leading zeros, but one before a highest bit that is set. */
function numberSize(bytes: Uint8Array, from: i32, length: i32): i32 {
  let size = length;
  while (size > 1 && load<u8>(bytes.dataStart + from + length - size) == 0) size--;
  return load<u8>(bytes.dataStart + from + length - size) >= 0x80 ? size + 1 : size;
}

function writeNumber(at: usize, bytes: Uint8Array, from: i32, length: i32, size: i32): void {
  store<u8>(at, 2);
  store<u8>(at, size, 1);
  const plain = min(size, length);
  const zeros = size - plain;
  if (zeros) store<u8>(at, 0, 2);
  memory.copy(at + 2 + zeros, bytes.dataStart + from + length - plain, plain);
}
