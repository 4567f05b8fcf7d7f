import type { Descriptor } from "../descriptor.js";
import type { Manifest } from "../manifest.js";
import { isImageConfigType, mediaTypes } from "../media-types.js";
import type { ImageConfig } from "./image-config.js";

/** Who may be able to load an artifact. */
export type Consumer = "istio" | "envoy-gateway" | "wasme" | "cncf" | "kubernetes-image-volume";

/** What {@link loadableBy} judges by. */
export interface ArtifactFacts {
  manifest: Manifest;
  /** Absent: unknown, or no image config. */
  config?: ImageConfig | undefined;
  /** Files of the last layer with their sizes in bytes. Absent: unknown, or the layer is no tar. */
  layerFiles?: readonly { name: string; size: number }[] | undefined;
}

// Istio's ISTIO_WASM_MAX_BINARY_SIZE_BYTES; past it a module is cut off or refused.
const maxModuleBytes = 256 * 1024 * 1024;

type Rule = (facts: ArtifactFacts) => boolean;

const rules: readonly (readonly [Consumer, Rule])[] = [
  ["istio", istioLoads],
  // Envoy Gateway's fetcher is derived from Istio's and parses alike.
  ["envoy-gateway", istioLoads],
  ["wasme", wasmeLoads],
  ["cncf", cncfLoads],
  ["kubernetes-image-volume", imageVolumeLoads],
];

/**
 * Who can load exactly these bytes, by the parsing rules of each consumer, for any artifact. What is unknown
 * counts as not loadable.
 * Rules from: https://github.com/istio/istio/blob/master/pkg/wasm/imagefetcher.go,
 * https://github.com/envoyproxy/gateway/blob/main/internal/wasm/imagefetcher.go,
 * https://github.com/solo-io/wasm/blob/master/tools/wasme/pkg/pull/image.go,
 * https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/ and
 * https://github.com/containerd/containerd/blob/main/client/image.go.
 */
export function loadableBy(facts: ArtifactFacts): Consumer[] {
  return rules.filter(([, rule]) => rule(facts)).map(([consumer]) => consumer);
}

function istioLoads({ manifest, layerFiles }: ArtifactFacts): boolean {
  const last = manifest.layers.at(-1);
  const plugin = layerFiles?.find(({ name }) => baseName(name) === "plugin.wasm");
  const hasPlugin = plugin !== undefined && plugin.size <= maxModuleBytes;
  // A Docker manifest is read as a Docker image only: an OCI layer in it is refused.
  if (manifest.mediaType === mediaTypes.dockerManifest) {
    return last?.mediaType === mediaTypes.dockerLayer && hasPlugin;
  }
  if (last?.mediaType === mediaTypes.ociLayerGzip && hasPlugin) return true;
  const content = manifest.layers.find((layer) => layer.mediaType === mediaTypes.wasmeContent);
  return manifest.layers.length === 2 && content !== undefined && content.size <= maxModuleBytes;
}

// wasme looks both parts up by media type among the config and the layers.
function wasmeLoads({ manifest }: ArtifactFacts): boolean {
  const types = [manifest.config, ...manifest.layers].map((child: Descriptor) => child.mediaType);
  return types.includes(mediaTypes.wasmeConfig) && types.includes(mediaTypes.wasmeContent);
}

// The layout asks consumers to refuse more than one layer.
function cncfLoads({ manifest }: ArtifactFacts): boolean {
  return (
    manifest.mediaType === mediaTypes.ociManifest &&
    manifest.config.mediaType === mediaTypes.cncfConfig &&
    manifest.layers.length === 1 &&
    manifest.layers[0]?.mediaType === mediaTypes.cncfLayer
  );
}

const rootfsLayers: readonly string[] = [
  mediaTypes.ociLayerTar,
  mediaTypes.ociLayerGzip,
  mediaTypes.ociLayerZstd,
  mediaTypes.dockerLayer,
];

// Runtimes unpack an image volume as a container's root: one diff_id for each layer, or the mount fails.
function imageVolumeLoads({ manifest, config }: ArtifactFacts): boolean {
  return (
    isImageConfigType(manifest.config.mediaType) &&
    config !== undefined &&
    // containerd takes an absent os for the node's own.
    ["linux", ""].includes(config.os) &&
    manifest.layers.length > 0 &&
    manifest.layers.every((layer) => rootfsLayers.includes(layer.mediaType)) &&
    config.diffIds.length === manifest.layers.length
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
