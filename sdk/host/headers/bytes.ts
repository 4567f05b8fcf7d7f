const ASCII = /^[\x00-\x7f]*$/;
const UPPER = /[A-Z]/g;

/** What callers may give where bytes are meant: a string means its UTF-8. */
export type BytesInput = string | Uint8Array;

/** A byte string (one character per byte) of a text or of bytes. */
export function toByteString(input: BytesInput): string {
  if (typeof input !== "string")
    return Buffer.from(input.buffer, input.byteOffset, input.length).toString("latin1");
  return ASCII.test(input) ? input : Buffer.from(input, "utf8").toString("latin1");
}

/** The text that a byte string encodes in UTF-8; what is not UTF-8 becomes U+FFFD. */
export function fromByteString(bytes: string): string {
  return ASCII.test(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

/** Lower case for ASCII letters only, as Envoy's `LowerCaseString`: other bytes are not letters. */
export function lowerCase(bytes: string): string {
  for (let index = 0; index < bytes.length; index++) {
    const code = bytes.charCodeAt(index);
    if (code >= 65 && code <= 90) return bytes.replace(UPPER, (letter) => letter.toLowerCase());
  }
  return bytes;
}

/** The bytes of an input, copied. */
export function toBytes(input: BytesInput): Buffer {
  return typeof input === "string" ? Buffer.from(input, "utf8") : Buffer.from(input);
}
