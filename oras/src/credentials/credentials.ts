import type { Credentials } from "../remote/options.js";
import { decodeEntry, encodeEntry } from "./auth-entry.js";
import {
  type CredentialEnvironment,
  type CredentialFile,
  candidateFiles,
  primaryFile,
  readCredentialFile,
  writeCredentialFile,
} from "./credential-file.js";
import { helperErase, helperGet, helperStore } from "./helper.js";
import { isKeyOf, lookUp, registryKey } from "./registry-key.js";

/** Where credentials were put. */
export interface StoredCredentials {
  /** The credential file that names the registry. */
  file: string;
  /** The helper that holds the secret, e.g. `docker-credential-pass`; absent: the file itself does. */
  helper?: string;
}

/**
 * Finds the credentials for a registry as Docker does: the helper that `credHelpers` names for it, else the one of
 * `credsStore`, else the entry in `auths`, which also counts where a helper has none. Files: `$DOCKER_CONFIG/config.json`,
 * else `$REGISTRY_AUTH_FILE`, else `~/.docker/config.json` and then `$XDG_RUNTIME_DIR/containers/auth.json`; the
 * first that has credentials for the host decides.
 * @param host as references write it; every name of Docker Hub means the same.
 * @param env absent: `process.env`. Helpers run with it.
 * @returns undefined: none are known.
 * @throws MeshwasmError CREDENTIALS_INVALID, CREDENTIAL_HELPER_FAILED; neither holds a secret.
 */
export async function loadCredentials(
  host: string,
  env: CredentialEnvironment = process.env,
): Promise<Credentials | undefined> {
  for (const path of candidateFiles(env)) {
    const file = await readCredentialFile(path);
    const helper = helperFor(file, host);
    const held = helper === undefined ? undefined : await helperGet(helper, registryKey(host), { env });
    if (held) return held;
    const entry = lookUp(file.auths, host);
    const found = entry === undefined ? undefined : decodeEntry(entry, `the entry of ${host} in ${path}`);
    if (found) return found;
  }
  return undefined;
}

/**
 * Keeps the credentials of a registry where {@link loadCredentials} finds them: with the helper that the file names,
 * else in the file, which is written at once, with mode 0600, and with everything else in it as it was.
 * @param env absent: `process.env`.
 * @throws MeshwasmError CREDENTIALS_INVALID, CREDENTIAL_HELPER_FAILED.
 */
export async function storeCredentials(
  host: string,
  credentials: Credentials,
  env: CredentialEnvironment = process.env,
): Promise<StoredCredentials> {
  const file = await readCredentialFile(primaryFile(env));
  const helper = helperFor(file, host);
  if (helper !== undefined) await helperStore(helper, registryKey(host), credentials, { env });
  // With a helper the entry stays empty: that is how Docker remembers that somebody is logged in.
  const entry = helper === undefined ? encodeEntry(credentials) : {};
  await writeCredentialFile(file.path, {
    ...file.document,
    auths: { ...without(file, host), [registryKey(host)]: entry },
  });
  return { file: file.path, ...(helper === undefined ? {} : { helper: `docker-credential-${helper}` }) };
}

/**
 * Forgets the credentials of a registry, in the helper and in the file that {@link storeCredentials} writes.
 * @param env absent: `process.env`.
 * @returns false when there were none.
 * @throws MeshwasmError CREDENTIALS_INVALID, CREDENTIAL_HELPER_FAILED.
 */
export async function eraseCredentials(
  host: string,
  env: CredentialEnvironment = process.env,
): Promise<boolean> {
  const file = await readCredentialFile(primaryFile(env));
  const helper = helperFor(file, host);
  const isHeld = helper !== undefined && (await helperGet(helper, registryKey(host), { env })) !== undefined;
  if (isHeld) await helperErase(helper, registryKey(host), { env });
  const auths = without(file, host);
  const isListed = Object.keys(auths).length < Object.keys(file.auths).length;
  if (isListed) await writeCredentialFile(file.path, { ...file.document, auths });
  return isHeld || isListed;
}

function helperFor({ credHelpers, credsStore }: CredentialFile, host: string): string | undefined {
  return lookUp(credHelpers, host) ?? credsStore;
}

function without({ auths }: CredentialFile, host: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(auths).filter(([key]) => !isKeyOf(key, host)));
}
