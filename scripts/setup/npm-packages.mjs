import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root, run } from "../run.mjs";

const stamp = join(root, "node_modules", ".meshwasm-lock");

/** Installs the npm packages of the lock file, unless they are there. Building dist/ is part of the installation. */
export async function ensureNpmPackages() {
  const lock = createHash("sha256")
    .update(await readFile(join(root, "package-lock.json")))
    .digest("hex");
  const installed = await readFile(stamp, "utf8").catch(() => "");
  if (installed === lock) return false;
  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  await writeFile(stamp, lock);
  return true;
}
