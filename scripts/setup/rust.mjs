import { access } from "node:fs/promises";
import { join } from "node:path";
import { capture } from "../run.mjs";
import { installDebianPackages } from "./apt.mjs";

const target = "wasm32-unknown-unknown";
const debianPackages = ["cargo", "rustc", "libstd-rust-dev-wasm32", "lld-14"];

/** What a person does to get it. */
export const rustHint = `rustup target add ${target}, or: sudo apt-get install --no-install-recommends ${debianPackages.join(" ")}`;

/**
 * Finds a cargo whose compiler has WebAssembly's standard library: the one on PATH, or Debian's; with `install` gets that.
 *
 * @param {{ install?: boolean }} [options]
 * @returns {Promise<{ cargo: string, args: string[], env: Record<string, string>, version: string } | undefined>} undefined:
 *   there is none. Else the program, and the arguments and the environment that come before a command's own.
 */
export async function findCargo({ install = false } = {}) {
  for (const [cargo, rustc] of [
    ["cargo", "rustc"],
    ["/usr/bin/cargo", "/usr/bin/rustc"],
  ]) {
    const sysroot = (await capture(rustc, ["--print", "sysroot"]))?.trim();
    const version = /^cargo 1\.(\d+)\./.exec((await capture(cargo, ["--version"])) ?? "")?.[1];
    if (!sysroot || !version) continue;
    const has = await access(join(sysroot, "lib", "rustlib", target, "lib")).then(
      () => true,
      () => false,
    );
    if (!has) continue;
    // Before 1.68 the index that is fetched piece by piece was not for everybody yet; the other one is a whole repository.
    const old = Number(version) < 68;
    return {
      cargo,
      args: old ? ["-Z", "sparse-registry"] : [],
      env: { RUSTC: rustc, ...(old ? { RUSTC_BOOTSTRAP: "1" } : {}) },
      version: `${version} ${sysroot}`,
    };
  }
  if (!install) return undefined;
  await installDebianPackages(debianPackages);
  return findCargo();
}

/** Whether cargo is there; with `install` gets it. */
export async function ensureRust({ install }) {
  return (await findCargo({ install })) !== undefined;
}
