import { limits } from "./limits.js";
import { parseReference } from "./reference.js";
import { checkRepository } from "./reference-grammar.js";
import { Connection } from "./remote/connection.js";
import { listNames } from "./remote/names.js";
import type { RemoteOptions } from "./remote/options.js";

/**
 * The repositories of a registry in alphabetical order, where it offers such a list: it is no part of the specification, and
 * public registries have none. See https://distribution.github.io/distribution/spec/api/#listing-repositories.
 * @param host `HOST` or `HOST:PORT`.
 * @throws MeshwasmError REFERENCE_INVALID, OPTION_INVALID, NOT_FOUND and REGISTRY_UNAUTHORIZED where there is no list for
 *   this user, SIZE_LIMIT over 100,000 repositories, REGISTRY_ERROR for an answer that is no such list.
 */
export async function listRepositories(host: string, options: RemoteOptions = {}): Promise<string[]> {
  // The grammar of a host is that of a reference.
  parseReference(`${host}/repository`);
  const connection = new Connection(host, "", "pull", options);
  try {
    const names = await listNames(connection, {
      url: new URL("/v2/_catalog", connection.origin),
      member: "repositories",
      subject: "list of repositories",
      what: "repositories",
      limit: limits.tags,
      kind: "repository",
      isValid: isRepository,
    });
    return names.sort();
  } finally {
    await connection.close();
  }
}

function isRepository(name: string): boolean {
  try {
    checkRepository(name);
    return true;
  } catch {
    return false;
  }
}
