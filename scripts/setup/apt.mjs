import { run } from "../run.mjs";

/** Installs a Debian package. Needs root, so only CI calls it. */
export async function installDebianPackage(name) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", name], { env });
}
