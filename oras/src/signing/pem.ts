import { MeshwasmError } from "../errors.js";

/** One block of a PEM file. */
export interface PemBlock {
  /** What stands between `BEGIN` and the dashes: `PUBLIC KEY`. */
  label: string;
  bytes: Uint8Array;
}

const maxPemCharacters = 64 * 1024;
const block = /-----BEGIN ([A-Z0-9 ]{1,64})-----\s*([A-Za-z0-9+/=\s]*?)\s*-----END \1-----/g;

/**
 * Reads the first block of a PEM text; curve parameters, which OpenSSL writes in front of EC keys, are passed over.
 * See https://www.rfc-editor.org/rfc/rfc7468.
 * @param what names the text for the message, e.g. `the key cosign.pub`.
 * @throws MeshwasmError KEY_INVALID.
 */
export function parsePem(text: string, what: string): PemBlock {
  if (text.length > maxPemCharacters) {
    throw new MeshwasmError("KEY_INVALID", `${what} has ${text.length} characters; no key is that long`);
  }
  for (const [, label = "", body = ""] of text.matchAll(block)) {
    if (label === "EC PARAMETERS") continue;
    return { label, bytes: Buffer.from(body.replace(/\s+/g, ""), "base64") };
  }
  throw new MeshwasmError("KEY_INVALID", `${what} is no PEM file`, {
    hint: "a key is a text that starts with -----BEGIN PUBLIC KEY----- or -----BEGIN PRIVATE KEY-----",
  });
}
