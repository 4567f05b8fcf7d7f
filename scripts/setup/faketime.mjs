import { join } from "node:path";
import { installDebianPackage } from "./apt.mjs";
import { exists } from "./cache.mjs";

/** What a person runs to get it. */
export const faketimeHint = "sudo apt-get install libfaketime";

const folders = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((each) => join("/usr/lib", each));

/** Where the library is that shifts a program's clock. Undefined: nowhere. */
export async function findFaketime() {
  for (const folder of [...folders, "/usr/lib64", "/usr/lib"]) {
    const path = join(folder, "faketime", "libfaketime.so.1");
    if (await exists(path)) return path;
  }
  return undefined;
}

/** Finds it; with `install` gets it from Debian. Undefined: it is not there. */
export async function ensureFaketime({ install }) {
  if (!(await findFaketime()) && install) await installDebianPackage("libfaketime");
  return findFaketime();
}
