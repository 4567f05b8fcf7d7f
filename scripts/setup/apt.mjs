import { run } from "../run.mjs";

/** Installs a Debian package. Needs root, so only CI calls it. */
export function installDebianPackage(name) {
  return install([name]);
}

/** Installs Debian packages without what they only recommend. Needs root, so only CI calls it. */
export function installDebianPackages(names) {
  return install(["--no-install-recommends", ...names]);
}

async function install(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", ...args], { env });
}
