import { MeshwasmError } from "../errors.js";
import type { Credentials } from "../remote/options.js";

/** What Docker writes as the user name where the secret is an identity token. */
export const tokenUser = "<token>";

/**
 * Reads one entry of `auths`: an identity token, `auth` (Base64 of `user:password`), or the two in plain.
 * @param where names file and registry for the message.
 * @returns undefined for an entry without credentials, as a credential helper leaves it.
 * @throws MeshwasmError CREDENTIALS_INVALID; the message never holds what was in the entry.
 */
export function decodeEntry(entry: unknown, where: string): Credentials | undefined {
  if (typeof entry !== "object" || entry === null) throw invalid(where, "is no object");
  const { auth, username, password, identitytoken } = entry as Record<string, unknown>;
  const plain = { username: text(username), password: text(password) };
  const { username: user, password: secret } =
    typeof auth === "string" && auth !== "" ? decodeAuth(auth, where) : plain;
  if (typeof identitytoken === "string" && identitytoken !== "") {
    return { username: user, password: secret, identityToken: identitytoken };
  }
  return user === "" && secret === "" ? undefined : { username: user, password: secret };
}

/** Writes one entry of `auths`. */
export function encodeEntry({ username, password, identityToken }: Credentials): Record<string, string> {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return identityToken === undefined ? { auth } : { auth, identitytoken: identityToken };
}

function decodeAuth(auth: string, where: string): Credentials {
  const decoded = Buffer.from(auth, "base64").toString();
  const colon = decoded.indexOf(":");
  if (colon < 0 || !/^[A-Za-z0-9+/_-]+={0,2}\s*$/.test(auth))
    throw invalid(where, "has an auth that is not Base64 of USER:PASSWORD");
  // Old versions of Docker padded the password with NULs.
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, "") };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function invalid(where: string, problem: string): MeshwasmError {
  return new MeshwasmError("CREDENTIALS_INVALID", `${where} ${problem}`, { hint: "log in again" });
}
