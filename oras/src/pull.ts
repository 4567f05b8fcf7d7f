import { layoutOf } from "./artifact/layout.js";
import { type ArtifactContent, readArtifact } from "./artifact/read.js";
import { limits } from "./limits.js";
import { type Manifest, parseManifest } from "./manifest.js";
import { formatReference, parseReference, referenceTarget, withTarget } from "./reference.js";
import { type RemoteOptions, resolveSizes } from "./remote/options.js";
import { type PartialFolderOption, withLayer } from "./store/fetch-layer.js";
import { openStore } from "./store/open.js";
import { announce, type ProgressOption, withProgress } from "./store/progress.js";

/** How {@link pull} reaches the registry, and how much it accepts. */
export interface PullOptions extends RemoteOptions, ProgressOption, PartialFolderOption {}

/** A pulled filter, in memory. */
export interface PullResult extends ArtifactContent {
  /** The reference by digest: `HOST/REPOSITORY@sha256:…`. */
  ref: string;
  /** Digest of the manifest. */
  digest: string;
  mediaType: string;
  manifest: Manifest;
  /** Bytes of the config. */
  config: Uint8Array;
  /** Bytes of manifest, config and the layer that was fetched. */
  bytes: number;
}

/**
 * Pulls a filter by tag or digest into memory. Where the reference has both, the digest decides; where it has
 * none, `latest`. Every byte is verified against the digest that named it; nothing is left on disk but
 * what `partialFolder` keeps of an interrupted layer.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pull.
 * @throws MeshwasmError REFERENCE_INVALID, OPTION_INVALID, those of the store and
 *   {@link readArtifact}.
 */
export async function pull(reference: string, options: PullOptions = {}): Promise<PullResult> {
  const parsed = parseReference(reference);
  const { maxLayerBytes, maxUnpackedBytes } = resolveSizes(options);
  const store = withProgress(openStore(parsed, "pull", options), options);
  try {
    const fetched = await store.getManifest(referenceTarget(parsed));
    const manifest = parseManifest(fetched.bytes, fetched.mediaType);
    const { layer } = layoutOf(manifest);
    announce([manifest.config, layer], options);
    const config = await store.getBlob(manifest.config, limits.configBytes);
    const { partialFolder } = options;
    const content = await withLayer(store, layer, { maxBytes: maxLayerBytes, partialFolder }, (bytes) =>
      readArtifact({ manifest, config, layer: bytes }, { maxUnpackedBytes }),
    );
    return {
      ref: formatReference(withTarget(parsed, { digest: fetched.digest })),
      digest: fetched.digest,
      mediaType: manifest.mediaType,
      manifest,
      config,
      bytes: fetched.bytes.length + config.length + layer.size,
      ...content,
    };
  } finally {
    await store.close();
  }
}
