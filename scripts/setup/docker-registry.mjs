import { capture } from "../run.mjs";
import { installDebianPackage } from "./apt.mjs";

/** What a person runs to get it. */
export const dockerRegistryHint = "sudo apt-get install docker-registry";

/** Finds Debian's docker-registry; under CI installs it. False: it is not there, and its tests are skipped. */
export async function ensureDockerRegistry({ install }) {
  if (await capture("docker-registry", ["--version"])) return true;
  if (!install) return false;
  await installDebianPackage("docker-registry");
  return true;
}
