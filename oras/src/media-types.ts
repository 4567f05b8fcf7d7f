/**
 * The media types that this package writes or recognises.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md.
 */
export const mediaTypes = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  ociLayerTar: "application/vnd.oci.image.layer.v1.tar",
  ociLayerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  ociLayerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  ociEmpty: "application/vnd.oci.empty.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  /** wasme, and Istio's `oci` variant. */
  wasmeConfig: "application/vnd.module.wasm.config.v1+json",
  wasmeContent: "application/vnd.module.wasm.content.layer.v1+wasm",
  /** The CNCF Wasm layout. */
  cncfConfig: "application/vnd.wasm.config.v0+json",
  cncfLayer: "application/wasm",
  /** wasm-to-oci and kwctl. */
  wasmToOciConfig: "application/vnd.wasm.config.v1+json",
  wasmToOciContent: "application/vnd.wasm.content.layer.v1+wasm",
} as const;

/** True for an index or a Docker manifest list: one name for several manifests. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerIndex;
}

/** True for the config of a real container image, which holds `rootfs.diff_ids`. */
export function isImageConfigType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig;
}
