import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cached } from "../../scripts/setup/cache.mjs";
import { findCargo, rustHint } from "../../scripts/setup/rust.mjs";
import { runProgram } from "../interop/run-program.js";

const source = fileURLToPath(new URL("../e2e/rust", import.meta.url));

/** Why tests with filters of the Rust SDK are skipped; false: they run. Under `CI=true` a missing compiler is an error. */
export async function requireRust(): Promise<string | false> {
  if (await findCargo()) return false;
  const reason = `no Rust for WebAssembly on this machine: ${rustHint}`;
  if (process.env.CI === "true") throw new Error(reason);
  return reason;
}

/** Builds test/e2e/rust with the versions in its lock file, once for each state of its sources, and returns the module. */
export async function buildRustProbe(): Promise<Uint8Array> {
  const found = await findCargo();
  if (!found) throw new Error(`no Rust: ${rustHint}`);
  const { cargo, args, env, version } = found;
  const hash = createHash("sha256").update(version);
  for (const name of [
    "Cargo.toml",
    "Cargo.lock",
    ...(await readdir(join(source, "src"))).map((each) => `src/${each}`),
  ]) {
    hash.update(await readFile(join(source, name)));
  }
  const folder = await cached(`rust-probe-${hash.digest("hex").slice(0, 12)}`, async (partial: string) => {
    const target = await mkdtemp(join(tmpdir(), "meshwasm-rust-"));
    try {
      const wanted = ["--manifest-path", join(source, "Cargo.toml"), "--target", "wasm32-unknown-unknown"];
      await runProgram(
        cargo,
        [...args, "build", "--release", "--locked", "--target-dir", target, ...wanted],
        {
          env,
        },
      );
      const built = join(target, "wasm32-unknown-unknown", "release", "meshwasm_rust_probe.wasm");
      await copyFile(built, join(partial, "probe.wasm"));
    } finally {
      await rm(target, { recursive: true, force: true });
    }
  });
  return readFile(join(folder, "probe.wasm"));
}
