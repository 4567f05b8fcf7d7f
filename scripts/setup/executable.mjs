import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The first of these folders' executable of that name; undefined: none has it. */
export async function findExecutable(name, folders) {
  for (const folder of folders) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}

/** The folders of PATH. */
export function pathFolders() {
  return (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** The folder that KUBEBUILDER_ASSETS names, where people who test with envtest have a control plane; or none. */
export function kubebuilderFolders() {
  return process.env.KUBEBUILDER_ASSETS ? [process.env.KUBEBUILDER_ASSETS] : [];
}
