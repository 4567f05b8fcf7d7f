import { findEnvoy } from "../../cli/src/envoy/find.js";

/** Why tests on the real Envoy are skipped; false: they run. Under `CI=true` a missing Envoy is an error. */
export async function requireEnvoy(): Promise<string | false> {
  try {
    await findEnvoy();
    return false;
  } catch (error) {
    if (process.env.CI === "true") throw error;
    return "no Envoy on this machine: npm run setup installs it";
  }
}
