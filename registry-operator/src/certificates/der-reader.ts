import { MeshwasmError } from "../errors.js";

/** One value in a DER text. */
export interface DerValue {
  tag: number;
  /** Without tag and length. */
  content: Uint8Array;
  /** With them. */
  whole: Uint8Array;
}

/**
 * Splits DER into the values that stand one after another in it.
 *
 * @throws MeshwasmError CertificateInvalid for lengths that do not fit, and for forms that DER does not have
 */
export function readDer(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const value = readOne(bytes, at);
    values.push(value);
    at += value.whole.length;
  }
  return values;
}

function readOne(bytes: Uint8Array, at: number): DerValue {
  const tag = bytes[at] ?? 0;
  const first = bytes[at + 1];
  if (first === undefined || (tag & 0x1f) === 0x1f) throw malformed();
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    // Indefinite lengths are not DER; four bytes are more than any request may have.
    if (count === 0 || count > 3) throw malformed();
    length = 0;
    for (const byte of bytes.subarray(start, start + count)) length = length * 256 + byte;
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) throw malformed();
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

function malformed(): MeshwasmError {
  return new MeshwasmError("CertificateInvalid", "the request for a certificate is no DER");
}
