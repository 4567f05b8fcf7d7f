import { join, resolve } from "node:path";
import { type PullOptions, pull } from "@meshwasm/oras";
import { writeFilesAtomic } from "../write-files.js";

/** What `meshwasm pull --json` prints. */
export interface PullFilterResult {
  /** The reference by digest. */
  ref: string;
  /** Digest of the manifest. */
  digest: string;
  mediaType: string;
  /** Bytes transferred. */
  bytes: number;
  /** Absolute path of the module. */
  wasm: string;
  /** Digest of the module alone. */
  wasmDigest: string;
  /** Absolute paths of everything written, the module first. */
  files: string[];
}

/**
 * Pulls an artifact and writes its files into a folder, once all of it has been verified.
 *
 * @throws MeshwasmError those of `pull` of the OCI client and of `writeFilesAtomic`
 */
export async function pullFilter(ref: string, dir: string, options: PullOptions): Promise<PullFilterResult> {
  const pulled = await pull(ref, options);
  const folder = resolve(dir);
  const wasm = join(folder, "plugin.wasm");
  const contents = new Map([[wasm, pulled.wasm]]);
  for (const [name, content] of pulled.files) contents.set(join(folder, name), content);
  await writeFilesAtomic(contents);
  const { digest, mediaType, bytes, wasmDigest } = pulled;
  return { ref: pulled.ref, digest, mediaType, bytes, wasm, wasmDigest, files: [...contents.keys()] };
}
