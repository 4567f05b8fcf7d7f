import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached } from "../../scripts/setup/cache.mjs";
import { findCargo, rustHint } from "../../scripts/setup/rust.mjs";
import { runProgram } from "../interop/run-program.js";

/** Why tests with filters of the Rust SDK are skipped; false: they run. Under `CI=true` a missing compiler is an error. */
export async function requireRust(): Promise<string | false> {
  if (await findCargo()) return false;
  const reason = `no Rust for WebAssembly on this machine: ${rustHint}`;
  if (process.env.CI === "true") throw new Error(reason);
  return reason;
}

/**
 * Builds the module of a Cargo package with the versions in its lock file, once for each state of its sources.
 *
 * @param name the package's name, `-` for `_`
 */
export async function buildRust(source: string, name: string): Promise<Uint8Array> {
  const found = await findCargo();
  if (!found) throw new Error(`no Rust: ${rustHint}`);
  const { cargo, args, env, version } = found;
  const hash = createHash("sha256").update(version);
  const sources = (await readdir(join(source, "src"))).sort().map((each) => `src/${each}`);
  for (const file of ["Cargo.toml", "Cargo.lock", ...sources])
    hash.update(await readFile(join(source, file)));
  const folder = await cached(`${name}-${hash.digest("hex").slice(0, 12)}`, async (partial: string) => {
    const target = await mkdtemp(join(tmpdir(), "meshwasm-rust-"));
    try {
      const wanted = ["--manifest-path", join(source, "Cargo.toml"), "--target", "wasm32-unknown-unknown"];
      const where = ["--target-dir", target];
      await runProgram(cargo, [...args, "build", "--release", "--locked", ...where, ...wanted], { env });
      const built = join(target, "wasm32-unknown-unknown", "release", `${name.replaceAll("-", "_")}.wasm`);
      await copyFile(built, join(partial, "module.wasm"));
    } finally {
      await rm(target, { recursive: true, force: true });
    }
  });
  return readFile(join(folder, "module.wasm"));
}
