import { exists } from "../../scripts/setup/cache.mjs";
import { istiodFolder } from "../../scripts/setup/istiod.mjs";
import { requireEnvoy } from "../parts/envoy.js";
import { requireKubernetes } from "../parts/kubernetes.js";

/** Why tests on a mesh are skipped; false: they run. Under `CI=true` a missing part is an error. */
export async function requireMesh(): Promise<string | false> {
  const reason = (await requireEnvoy()) || (await requireKubernetes());
  if (reason || (await exists(istiodFolder()))) return reason;
  const missing = "no istiod on this machine: npm run setup -- --mesh builds it";
  if (process.env.CI === "true") throw new Error(missing);
  return missing;
}
