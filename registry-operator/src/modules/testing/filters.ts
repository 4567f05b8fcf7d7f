// Only tests use this.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Format, pack, push } from "@meshwasm/oras";
import binaryen from "binaryen";

/** What a test's context offers for cleaning up. */
export interface Cleanup {
  after(work: () => unknown): void;
}

/** A folder that is gone after the test. */
export async function temporaryFolder(t: Cleanup): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-operator-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A module that Envoy would load, as WebAssembly text. @param more further fields of the module, imports first */
export function filterModule(more = "", { abi = "0_2_1", imports = "" } = {}): Uint8Array {
  const module = binaryen.parseText(`(module ${imports}
    (memory (export "memory") 1)
    (func (export "proxy_abi_version_${abi}"))
    (func (export "malloc") (param i32) (result i32) (i32.const 0)) ${more})`);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Pushes a filter. @returns the digest of its manifest */
export async function pushFilter(
  ref: string,
  wasm: Uint8Array,
  options: {
    files?: Record<string, string>;
    format?: Format;
    credentials?: { username: string; password: string };
  } = {},
): Promise<string> {
  const files = new Map(Object.entries(options.files ?? {}).map(([name, text]) => [name, Buffer.from(text)]));
  const packed = pack({ wasm, files }, options.format);
  const [pushed] = await push(packed, [ref], { force: true, credentials: options.credentials });
  if (!pushed) throw new Error("nothing was pushed");
  return pushed.digest;
}

/** The text of a pull secret. */
export function dockerConfig(host: string, username: string, password: string): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { auth } } });
}
