import { ping, type RemoteOptions, type StoredCredentials, storeCredentials } from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";

/** What `meshwasm login --json` prints. */
export interface LoginResult extends StoredCredentials {
  registry: string;
  username: string;
}

/**
 * Tries credentials at a registry and keeps them if it takes them.
 *
 * @throws MeshwasmError USAGE without credentials, and those of `ping` and `storeCredentials` of the OCI client
 */
export async function login(registry: string, options: RemoteOptions): Promise<LoginResult> {
  const { credentials } = options;
  if (!credentials) {
    throw new MeshwasmError("USAGE", "who logs in? --username and --password-stdin are missing", {
      hint: `printf %s "$TOKEN" | meshwasm login ${registry} --username NAME --password-stdin`,
    });
  }
  await ping(registry, options);
  const stored = await storeCredentials(registry, credentials);
  return { registry, username: credentials.username, ...stored };
}
