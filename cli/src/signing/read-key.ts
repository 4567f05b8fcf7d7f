import { readFile } from "node:fs/promises";
import { loadPrivateKey, loadPublicKey, type PrivateKey, type PublicKey } from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";

/**
 * Reads a private key from a file.
 *
 * @param password asked only when it is encrypted
 * @throws MeshwasmError FILE_NOT_FOUND, and those of `loadPrivateKey` of the OCI client
 */
export async function readPrivateKey(
  path: string,
  password: () => Promise<string | undefined>,
): Promise<PrivateKey> {
  return loadPrivateKey(await readText(path), { password, what: `the key ${path}` });
}

/**
 * Reads a public key from a file.
 *
 * @throws MeshwasmError FILE_NOT_FOUND, and those of `loadPublicKey` of the OCI client
 */
export async function readPublicKey(path: string): Promise<PublicKey> {
  return loadPublicKey(await readText(path), `the key ${path}`);
}

async function readText(path: string): Promise<string> {
  return (await readInput(path, "key")).toString("utf8");
}

/** A file that a flag names. @throws MeshwasmError FILE_NOT_FOUND */
export async function readInput(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const problem = code === "ENOENT" ? `there is no ${what} ${path}` : `the ${what} ${path}: ${message}`;
    throw new MeshwasmError("FILE_NOT_FOUND", problem, { cause });
  }
}
