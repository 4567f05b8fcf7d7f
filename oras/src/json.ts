import { MeshwasmError } from "./errors.js";

/**
 * Parses JSON that somebody else wrote: strict UTF-8, no byte order mark.
 * @param what names the document for the message, e.g. `the manifest`.
 * @throws MeshwasmError MANIFEST_INVALID.
 */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new MeshwasmError("MANIFEST_INVALID", `${what} is not JSON in UTF-8`, { cause });
  }
}

/** The value as an object with unknown members. @throws MeshwasmError MANIFEST_INVALID when it is none. */
export function asObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new MeshwasmError("MANIFEST_INVALID", `${where} is not a JSON object`);
  }
  return value as Record<string, unknown>;
}

/** The value as a map of strings, copied. @throws MeshwasmError MANIFEST_INVALID when a value is no string. */
export function asStringMap(value: unknown, where: string): Record<string, string> {
  const entries = Object.entries(asObject(value, where));
  for (const [key, text] of entries) {
    if (typeof text !== "string") {
      throw new MeshwasmError(
        "MANIFEST_INVALID",
        `${where} has a value of ${JSON.stringify(key)} that is no string`,
      );
    }
  }
  // fromEntries defines own properties, so a key like "__proto__" stays data.
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Encodes a value as the compact UTF-8 JSON that is hashed and pushed. Member order is the caller's. */
export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
