import { gzip } from "../archive/gzip.js";
import { writeTar } from "../archive/tar-write.js";
import { digestOf } from "../digest.js";
import { mediaTypes } from "../media-types.js";
import { buildAnnotations, variantAnnotation } from "./annotations.js";
import { wasmFile } from "./files.js";
import { encodeImageConfig, parseImageConfig } from "./image-config.js";
import { loadableBy } from "./loadable-by.js";
import { companionsOf, type PackInput } from "./pack-input.js";
import { blobOf, encodeManifest, type PackedArtifact } from "./packed.js";

/**
 * Packs a filter as the default artifact: an OCI image of one `tar+gzip` layer with `plugin.wasm` first, then
 * `filter.yaml`, `config.schema.json` and `README.md` where given, and a real image config. The same input gives
 * the same bytes on every machine and Node version.
 * See https://github.com/solo-io/wasm/blob/master/spec/spec-compat.md and
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md.
 * @throws MeshwasmError INPUT_INVALID when `wasm` is no WebAssembly module, a file has another name, or an
 *   annotation is not valid.
 */
export function packCompat(input: PackInput): PackedArtifact {
  const companions = companionsOf(input).map(([name, bytes]) => ({ name, bytes }));
  const files = [{ name: wasmFile, bytes: input.wasm }, ...companions];
  const annotations = buildAnnotations(input, new Map([[variantAnnotation, "compat"]]));
  const tar = writeTar(files);
  // ORAS clients write a layer to the file that its title names, and skip a layer without one.
  const layer = blobOf(mediaTypes.ociLayerGzip, gzip(tar), "plugin.tar.gz");
  const created = annotations["org.opencontainers.image.created"];
  const config = blobOf(mediaTypes.ociConfig, encodeImageConfig([digestOf(tar)], created));
  const encoded = encodeManifest(config, [layer], annotations);
  return {
    ...encoded,
    config,
    layers: [layer],
    wasmDigest: digestOf(input.wasm),
    loadableBy: loadableBy({
      manifest: encoded.manifest,
      config: parseImageConfig(config.bytes),
      layerFiles: files.map(({ name, bytes }) => ({ name, size: bytes.length })),
    }),
  };
}
