import { parseReference } from "./reference.js";
import { Connection } from "./remote/connection.js";
import type { RemoteOptions } from "./remote/options.js";

/**
 * Asks a registry whether it is there and takes the credentials, without naming a repository.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#determining-support.
 * @param host `HOST` or `HOST:PORT`.
 * @throws MeshwasmError REFERENCE_INVALID, OPTION_INVALID, REGISTRY_UNAUTHORIZED, and those of an unreachable registry.
 */
export async function ping(host: string, options: RemoteOptions = {}): Promise<void> {
  // The grammar of a host is that of a reference.
  parseReference(`${host}/repository`);
  const connection = new Connection(host, "", "pull", options);
  try {
    await connection.retrying(async () => {
      const response = await connection.send({
        method: "GET",
        url: new URL("/v2/", connection.origin),
        headers: {},
      });
      if (response.status !== 200) throw await connection.error(response, "the registry");
      await response.discard();
    });
  } finally {
    await connection.close();
  }
}
