import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** A folder of the node in a container. */
export interface Mount {
  /** Path on this machine. */
  source: string;
  /** Path in the container. */
  path: string;
  readOnly: boolean;
}

/** The folders whose mounts are a pod's own. Empty for a container without mounts, whatever this machine has there. */
const hidden = ["/var/local"];

/**
 * The command that runs a program with a container's mounts, in a mount namespace of its own. The rest of the file system
 * is this machine's.
 */
export function inPodFilesystem(mounts: readonly Mount[], program: readonly string[]): string[] {
  // Without root it takes a user namespace, in which we are.
  const namespaces = process.getuid?.() === 0 ? ["--mount"] : ["--map-root-user", "--mount"];
  const empty = new Set([...hidden, ...mounts.map(({ path }) => existingParent(path))]);
  const lines = [
    "set -e",
    ...[...empty].filter(existsSync).map((path) => `mount -t tmpfs none ${quote(path)}`),
  ];
  for (const { source, path, readOnly } of mounts) {
    lines.push(`mkdir -p ${quote(path)}`, `mount --bind ${quote(source)} ${quote(path)}`);
    if (readOnly) lines.push(`mount -o remount,bind,ro ${quote(path)}`);
  }
  return ["unshare", ...namespaces, "sh", "-c", [...lines, 'exec "$@"'].join("\n"), "sh", ...program];
}

function existingParent(path: string): string {
  const inHidden = hidden.find((folder) => `${path}/`.startsWith(`${folder}/`));
  if (inHidden) return inHidden;
  let parent = dirname(path);
  while (!existsSync(parent)) parent = dirname(parent);
  if (parent === "/" || parent === "/tmp") throw new Error(`a mount at ${join(path)} would hide ${parent}`);
  return parent;
}

function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
