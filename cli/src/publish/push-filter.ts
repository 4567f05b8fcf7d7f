import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  companionFiles,
  type Format,
  formatReference,
  isWasm,
  type PackInput,
  type PushOptions,
  type PushResult,
  pack,
  parseReference,
  push,
  withTarget,
} from "@meshwasm/oras";
import { buildFilter } from "../build/build.js";
import { describeBuild } from "../build/describe.js";
import { MeshwasmError } from "../errors.js";
import { loadFilter } from "../filter/load.js";
import type { Output } from "../output.js";
import { type AttachedDigest, type AttachmentsOptions, prepareAttachments } from "./attachments.js";
import type { Source } from "./source-and-refs.js";

export interface PushFilterOptions extends PushOptions {
  format: Format;
  /** Further annotations of the manifest. */
  annotations: Record<string, string>;
  /** What is attached to it. Absent: nothing. */
  attachments?: AttachmentsOptions | undefined;
  output: Output;
}

/** A push, and what was attached to it; empty: nothing was asked for. */
export interface PushedFilter extends PushResult {
  attached: AttachedDigest[];
}

/**
 * Builds a folder, packs it or a module as it is, pushes it to every reference, and attaches what is asked for before
 * any tag names it.
 *
 * @throws MeshwasmError MODULE_INVALID, those of `loadFilter`, `buildFilter` and `prepareAttachments`, and those of
 *   `push` of the OCI client
 */
export async function pushFilter(
  source: Source,
  refs: string[],
  options: PushFilterOptions,
): Promise<PushedFilter[]> {
  const { annotations, format, output, attachments, ...pushOptions } = options;
  const input =
    source.kind === "folder" ? await packFolder(source.path, output) : await packModule(source.path);
  const artifact = pack({ ...input, annotations }, format);
  if (!attachments)
    return (await push(artifact, refs, pushOptions)).map((each) => ({ ...each, attached: [] }));
  const { wasmDigest } = artifact;
  const attachAll = await prepareAttachments(source, { wasmDigest, format }, attachments);
  const attached = new Map<string, AttachedDigest[]>();
  const results = await push(artifact, refs, {
    ...pushOptions,
    beforeTags: async (ref) => {
      attached.set(ref, await attachAll(ref, pushOptions));
    },
  });
  return results.map((each) => ({ ...each, attached: attached.get(placeOf(each)) ?? [] }));
}

// As the hook names what it is called for: the place by digest.
function placeOf({ ref, digest }: PushResult): string {
  return formatReference(withTarget(parseReference(ref), { digest }));
}

async function packModule(path: string): Promise<PackInput> {
  const wasm = await readFile(path);
  if (isWasm(wasm)) return { wasm };
  throw new MeshwasmError("MODULE_INVALID", `${path} is no WebAssembly module`, {
    hint: "a filter is pushed by its folder, or by the .wasm file that a build gives",
  });
}

async function packFolder(dir: string, output: Output): Promise<PackInput> {
  const filter = await loadFilter(dir);
  const build = await buildFilter(filter, { onWarning: (line) => output.warn(line) });
  output.info(describeBuild(build));
  const { name, version, description, license, source } = filter.manifest;
  return {
    wasm: await readFile(build.wasm),
    files: await readCompanions(filter.dir),
    metadata: { title: name, version, description, licenses: license, source },
  };
}

async function readCompanions(dir: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of companionFiles) {
    try {
      files.set(name, await readFile(join(dir, name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return files;
}
