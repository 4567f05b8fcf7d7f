import { MeshwasmError } from "../errors.js";
import { asObject, parseJson } from "../json.js";

/** A package as a lock file has it. */
export interface LockedPackage {
  /** Where it is installed, from the lock file's folder: `node_modules/yaml`; empty: the folder itself. */
  path: string;
  name: string;
  /** Absent: a folder without a version. */
  version?: string | undefined;
  /** `sha512-<base64>`; absent: a folder or a link. */
  integrity?: string | undefined;
  license?: string | undefined;
  /** Needed by `devDependencies` only. */
  isDevelopment: boolean;
  /** Paths of the packages that it needs and that are installed. */
  needs: readonly string[];
}

const maxLockBytes = 64 * 1024 * 1024;
const maxPackages = 50_000;

type Entry = Record<string, unknown>;

/**
 * Reads a package-lock.json, version 2 or 3, as npm 7 and later write it.
 * See https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json.
 * @param root the package that is asked about, as its path from the lock file's folder. Absent: that folder itself.
 * @returns it first, then all that it needs, directly or not, sorted by path.
 * @throws MeshwasmError LOCK_FILE_INVALID when it is something else, or does not know the package.
 */
export function readLockFile(json: Uint8Array, root = ""): LockedPackage[] {
  const entries = parse(json);
  if (!entries.has(root)) {
    throw invalid(`has no package in ${JSON.stringify(root)}`, "install it first: npm install");
  }
  const found = new Map<string, LockedPackage>();
  const queue = [root];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    const entry = entries.get(path) ?? {};
    const names = ["dependencies", "optionalDependencies", "peerDependencies"];
    // Those of a package that is not ours are not installed.
    if (path === root) names.push("devDependencies");
    const wanted = new Set(names.flatMap((name) => Object.keys((entry[name] as Entry | undefined) ?? {})));
    const needs = [...wanted].flatMap((name) => resolve(entries, path, name) ?? []).sort();
    found.set(path, describe(path, entry, needs));
    queue.push(...needs);
  }
  const [first, ...others] = [...found.values()];
  return first ? [first, ...others.sort((a, b) => (a.path < b.path ? -1 : 1))] : [];
}

function parse(json: Uint8Array): Map<string, Entry> {
  if (json.length > maxLockBytes) throw invalid(`has ${json.length} bytes`);
  let lock: Entry;
  try {
    lock = asObject(parseJson(json, "the lock file"), "the lock file");
  } catch (cause) {
    throw invalid((cause as Error).message, undefined, cause);
  }
  const { lockfileVersion: version, packages } = lock;
  if (version !== 2 && version !== 3) {
    throw invalid(
      `has the version ${JSON.stringify(version)}`,
      "write it anew with npm 7 or later: npm install",
    );
  }
  if (typeof packages !== "object" || packages === null) throw invalid("has no packages");
  const entries = Object.entries(packages as Entry);
  if (entries.length > maxPackages) throw invalid(`has ${entries.length} packages`);
  return new Map(
    entries.map(([path, entry]) => {
      if (typeof entry !== "object" || entry === null) throw invalid(`has no package under ${path}`);
      return [path, entry as Entry];
    }),
  );
}

// As Node does: the nearest node_modules, from the package's own folder upwards; links lead to folders.
function resolve(entries: Map<string, Entry>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/"), 0))) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    const entry = entries.get(path);
    if (entry) return entry.link === true && typeof entry.resolved === "string" ? entry.resolved : path;
    if (folder === "") return undefined;
  }
}

function describe(path: string, entry: Entry, needs: string[]): LockedPackage {
  const text = (name: string) => (typeof entry[name] === "string" ? (entry[name] as string) : undefined);
  const installed = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
  return {
    path,
    name: text("name") ?? installed ?? (path.split("/").at(-1) || "root"),
    version: text("version"),
    integrity: text("integrity"),
    license: text("license"),
    isDevelopment: entry.dev === true || entry.devOptional === true,
    needs,
  };
}

function invalid(problem: string, hint?: string, cause?: unknown): MeshwasmError {
  return new MeshwasmError("LOCK_FILE_INVALID", `the lock file ${problem}`, { hint, cause });
}
