import { MeshwasmError } from "../errors.js";
import type { Credentials } from "../remote/options.js";
import { decodeEntry } from "./auth-entry.js";
import { lookUp } from "./registry-key.js";

/**
 * Finds the credentials for a registry in the text of a Docker configuration, such as the `.dockerconfigjson` of a
 * Kubernetes secret. Helpers that it names are not run.
 * @param host as references write it.
 * @param where names the text for messages, e.g. `secret shop/regcred`.
 * @returns undefined: it knows none.
 * @throws MeshwasmError CREDENTIALS_INVALID, which never quotes the text.
 */
export function credentialsIn(text: string, host: string, where: string): Credentials | undefined {
  let document: unknown;
  // No cause is kept: the parser's message could quote a password.
  try {
    document = JSON.parse(text);
  } catch {
    throw new MeshwasmError("CREDENTIALS_INVALID", `${where} is not JSON`);
  }
  const auths = (document as { auths?: unknown } | null)?.auths ?? {};
  if (typeof document !== "object" || typeof auths !== "object" || Array.isArray(auths)) {
    throw new MeshwasmError("CREDENTIALS_INVALID", `${where} has no auths that are an object`);
  }
  const entry = lookUp(auths as Record<string, unknown>, host);
  return entry === undefined ? undefined : decodeEntry(entry, `the entry of ${host} in ${where}`);
}
