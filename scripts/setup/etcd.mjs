import { installDebianPackage } from "./apt.mjs";
import { findExecutable, kubebuilderFolders, pathFolders } from "./executable.mjs";

/** What a person runs to get it. */
export const etcdHint = "sudo apt-get install etcd-server";

/** Where etcd is: KUBEBUILDER_ASSETS, then PATH. Undefined: nowhere. */
export function findEtcd() {
  return findExecutable("etcd", [...kubebuilderFolders(), ...pathFolders(), "/usr/bin"]);
}

/** Finds etcd; with `install` gets it from Debian. Undefined: it is not there. */
export async function ensureEtcd({ install }) {
  if (!(await findEtcd()) && install) await installDebianPackage("etcd-server");
  return findEtcd();
}
