import { MeshwasmError } from "../errors.js";
import { encodeJson } from "../json.js";
import { mediaTypes } from "../media-types.js";
import { buildAnnotations } from "./annotations.js";
import { filesToAnnotations } from "./file-annotations.js";
import { loadableBy } from "./loadable-by.js";
import { companionsOf, type PackInput } from "./pack-input.js";
import { blobOf, encodeManifest, type PackedArtifact } from "./packed.js";

/** What {@link packOci} packs. */
export interface OciInput extends PackInput {
  /** Root contexts in the module, for wasme. Absent: none are named. */
  rootIds?: readonly string[] | undefined;
  /** ABI versions that the module can be loaded with, e.g. `v0.2.1`, for wasme. Absent: none are named. */
  abiVersions?: readonly string[] | undefined;
}

const runtimeType = "envoy_proxy";

/**
 * Packs a filter as the two-layer layout that wasme made and that Istio still loads: the runtime's configuration,
 * which is the manifest's config too, and the bare module. Companion files travel as annotations, since Istio
 * refuses a third layer. The same input gives the same bytes.
 * See https://github.com/solo-io/wasm/blob/master/spec/spec.md.
 * @throws MeshwasmError INPUT_INVALID when `wasm` is no WebAssembly module, a file has another name, is not UTF-8
 *   or is too large for an annotation, or an annotation is not valid.
 */
export function packOci(input: OciInput): PackedArtifact {
  const files = filesToAnnotations(companionsOf(input));
  const abiVersions = textList("abiVersions", input.abiVersions);
  const runtime = encodeJson({
    type: runtimeType,
    abiVersions,
    config: { rootIds: textList("rootIds", input.rootIds) },
  });
  const config = blobOf(mediaTypes.wasmeConfig, runtime);
  const layers = [
    blobOf(mediaTypes.wasmeConfig, runtime, "runtime-config.json"),
    blobOf(mediaTypes.wasmeContent, input.wasm, "filter.wasm"),
  ] as const;
  const own = new Map([...files, ["module.wasm.runtime/type", runtimeType]]);
  if (abiVersions.length > 0) own.set("module.wasm.runtime/abi_version", abiVersions.join(","));
  const encoded = encodeManifest(config, layers, buildAnnotations(input, own));
  return {
    ...encoded,
    config,
    layers: [...layers],
    wasmDigest: layers[1].descriptor.digest,
    loadableBy: loadableBy({ manifest: encoded.manifest }),
  };
}

function textList(name: string, given: readonly string[] | undefined): readonly string[] {
  for (const text of given ?? []) {
    if (typeof text !== "string" || text === "") {
      throw new MeshwasmError("INPUT_INVALID", `${name} holds something that is no text, or empty`);
    }
  }
  return given ?? [];
}
