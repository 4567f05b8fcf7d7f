import { encodeJson } from "../json.js";
import { mediaTypes } from "../media-types.js";
import { buildAnnotations } from "./annotations.js";
import { filesToAnnotations } from "./file-annotations.js";
import { loadableBy } from "./loadable-by.js";
import { companionsOf, type PackInput } from "./pack-input.js";
import { blobOf, encodeManifest, type PackedArtifact } from "./packed.js";

// Some consumers cannot read a config without a time; a fixed one keeps the digest a matter of content.
const noTime = "1970-01-01T00:00:00Z";

/**
 * Packs a filter as a CNCF Wasm OCI artifact: one `application/wasm` layer with the bare module and a config that
 * names it. A core module has no WASI world; `wasip1` is what that specification says for it. Companion files
 * travel as annotations. The same input gives the same bytes.
 * See https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/.
 * @throws MeshwasmError INPUT_INVALID when `wasm` is no WebAssembly module, a file has another name, is not UTF-8
 *   or is too large for an annotation, or an annotation is not valid.
 */
export function packCncf(input: PackInput): PackedArtifact {
  const annotations = buildAnnotations(input, filesToAnnotations(companionsOf(input)));
  const layer = blobOf(mediaTypes.cncfLayer, input.wasm, "plugin.wasm");
  const config = blobOf(
    mediaTypes.cncfConfig,
    encodeJson({
      created: annotations["org.opencontainers.image.created"] ?? noTime,
      architecture: "wasm",
      os: "wasip1",
      layerDigests: [layer.descriptor.digest],
    }),
  );
  const encoded = encodeManifest(config, [layer], annotations);
  return {
    ...encoded,
    config,
    layers: [layer],
    wasmDigest: layer.descriptor.digest,
    loadableBy: loadableBy({ manifest: encoded.manifest }),
  };
}
