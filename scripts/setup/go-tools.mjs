import { join } from "node:path";
import { cached, cacheFolder, exists } from "./cache.mjs";
import { haveGo, runGo } from "./go.mjs";

/** Programs that `go install` builds: the package of each, its version, and how long two cores need for it. */
export const goTools = {
  crane: { package: "github.com/google/go-containerregistry/cmd/crane", version: "v0.22.1", takes: "30 s" },
  regctl: { package: "github.com/regclient/regclient/cmd/regctl", version: "v0.11.7", takes: "30 s" },
  cosign: { package: "github.com/sigstore/cosign/v3/cmd/cosign", version: "v3.1.3", takes: "3 minutes" },
  helm: { package: "helm.sh/helm/v3/cmd/helm", version: "v3.19.0", takes: "1 minute" },
};

/** Where a tool of the table is, or will be, in the cache. */
export function goToolPath(name) {
  return join(cacheFolder(), `${name}-${goTools[name].version}`, name);
}

/**
 * Finds a tool of the table in the cache, or builds it.
 *
 * @returns the executable's path; undefined: it is not there, and `install` is false or there is no Go.
 */
export async function ensureGoTool(name, { install }) {
  const path = goToolPath(name);
  if (await exists(path)) return path;
  if (!install || !(await haveGo())) return undefined;
  const tool = goTools[name];
  await cached(`${name}-${tool.version}`, async (partial) => {
    console.log(`building ${name} ${tool.version}, once; about ${tool.takes}`);
    await runGo(["install", `${tool.package}@${tool.version}`], { env: { GOBIN: partial } });
  });
  return path;
}
