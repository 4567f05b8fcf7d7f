import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder for downloads that outlive one checkout: `MESHWASM_CACHE`, else `~/.cache/meshwasm`. An empty variable counts
 * as absent.
 */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.MESHWASM_CACHE || join(homedir(), ".cache", "meshwasm");
}
