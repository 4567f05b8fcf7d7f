import { homedir } from "node:os";
import { join } from "node:path";

/** The user's folder for big parts, shared by all clones. */
export function cacheFolder() {
  return process.env.MESHWASM_CACHE || join(homedir(), ".cache", "meshwasm");
}
