import type { Descriptor } from "../descriptor.js";
import { MeshwasmError } from "../errors.js";
import type { Manifest } from "../manifest.js";
import { mediaTypes } from "../media-types.js";

/** Where an artifact holds its module: in a tar+gzip layer, or as a layer of its own. */
export interface Layout {
  kind: "tar" | "raw";
  layer: Descriptor;
  /** Position of `layer` in the manifest. */
  index: number;
}

const rawTypes: readonly string[] = [
  mediaTypes.wasmeContent,
  mediaTypes.cncfLayer,
  mediaTypes.wasmToOciContent,
];
const tarTypes: readonly string[] = [mediaTypes.ociLayerGzip, mediaTypes.dockerLayer];

/**
 * Finds the layer that holds the module: the only raw Wasm layer, or else the last layer if it is tar+gzip.
 * @throws MeshwasmError ARTIFACT_INVALID when there is none, or several raw ones.
 */
export function layoutOf(manifest: Manifest): Layout {
  const raw = manifest.layers.flatMap((layer, index) =>
    rawTypes.includes(layer.mediaType) ? [{ kind: "raw" as const, layer, index }] : [],
  );
  if (raw.length > 1) throw new MeshwasmError("ARTIFACT_INVALID", "the artifact holds several Wasm modules");
  if (raw[0]) return raw[0];
  const index = manifest.layers.length - 1;
  const layer = manifest.layers[index];
  if (layer && tarTypes.includes(layer.mediaType)) return { kind: "tar", layer, index };
  throw new MeshwasmError(
    "ARTIFACT_INVALID",
    layer
      ? `the artifact's last layer is ${layer.mediaType}, which holds no filter`
      : "the artifact has no layers",
  );
}
