import { layoutOf } from "./artifact/layout.js";
import { type Consumer, loadableBy } from "./artifact/loadable-by.js";
import { type ArtifactContent, readArtifact } from "./artifact/read.js";
import type { Descriptor } from "./descriptor.js";
import { MeshwasmError } from "./errors.js";
import { limits } from "./limits.js";
import { type Manifest, parseManifest } from "./manifest.js";
import { formatReference, parseReference, referenceTarget, withTarget } from "./reference.js";
import { type RemoteOptions, resolveSizes, type SizeOptions } from "./remote/options.js";
import { type Attached, listAttached } from "./signing/list-attached.js";
import { withLayer } from "./store/fetch-layer.js";
import { openStore } from "./store/open.js";
import type { Store } from "./store/store.js";

/** How {@link inspect} reaches the registry, and how much it accepts. */
export interface InspectOptions extends RemoteOptions {}

/** What is known of the module in an artifact. */
export interface InspectedModule {
  /** `sha256:<hex>` of the module alone. */
  digest: string;
  /** Bytes. */
  size: number;
  bytes: Uint8Array;
}

/** What an artifact is, ours or not. */
export interface InspectResult {
  /** The reference by digest. */
  ref: string;
  /** Digest of the manifest. */
  digest: string;
  mediaType: string;
  artifactType?: string;
  config: Descriptor;
  layers: Descriptor[];
  /** Of the manifest; empty when it has none. */
  annotations: Record<string, string>;
  loadableBy: Consumer[];
  /** Absent when the artifact holds no filter that can be read; `problem` says why. */
  wasm?: InspectedModule;
  /** Text of `filter.yaml`; absent when there is none. */
  filterYaml?: string;
  hasConfigSchema: boolean;
  hasReadme: boolean;
  /** Platform of the image config, e.g. `linux/amd64`; absent when there is no image config. */
  platform?: string;
  /** Why no filter could be read; absent when one was. */
  problem?: string;
  /** Signatures, SBOMs, provenance and whatever else refers to it; listed, not verified. */
  attached: Attached[];
}

/**
 * Describes an artifact by tag or digest. An artifact that holds no readable filter is described too, with a
 * `problem`; failures of the registry or of verification are errors.
 * @throws MeshwasmError REFERENCE_INVALID, OPTION_INVALID, MANIFEST_INVALID, those of the store.
 */
export async function inspect(reference: string, options: InspectOptions = {}): Promise<InspectResult> {
  const parsed = parseReference(reference);
  const resolved = resolveSizes(options);
  const store = openStore(parsed, "pull", options);
  try {
    const fetched = await store.getManifest(referenceTarget(parsed));
    const manifest = parseManifest(fetched.bytes, fetched.mediaType);
    const content = await contentOf(store, manifest, resolved);
    return {
      ref: formatReference(withTarget(parsed, { digest: fetched.digest })),
      digest: fetched.digest,
      mediaType: manifest.mediaType,
      ...(manifest.artifactType === undefined ? {} : { artifactType: manifest.artifactType }),
      config: manifest.config,
      layers: manifest.layers,
      annotations: manifest.annotations ?? {},
      ...describe(manifest, content),
      attached: await listAttached(store, fetched.digest),
    };
  } finally {
    await store.close();
  }
}

async function contentOf(
  store: Store,
  manifest: Manifest,
  options: SizeOptions,
): Promise<ArtifactContent | { problem: string }> {
  try {
    const { layer } = layoutOf(manifest);
    const config = await store.getBlob(manifest.config, limits.configBytes);
    return await withLayer(store, layer, { maxBytes: options.maxLayerBytes }, (content) =>
      readArtifact({ manifest, config, layer: content }, options),
    );
  } catch (error) {
    // Exit code 1 is what the artifact itself causes; a remote failure is not a fact about the artifact.
    if (error instanceof MeshwasmError && error.exitCode === 1 && error.code !== "ABORTED") {
      return { problem: error.message };
    }
    throw error;
  }
}

function describe(
  manifest: Manifest,
  content: ArtifactContent | { problem: string },
): Pick<
  InspectResult,
  "loadableBy" | "wasm" | "filterYaml" | "hasConfigSchema" | "hasReadme" | "platform" | "problem"
> {
  if ("problem" in content) {
    const { problem } = content;
    return { loadableBy: loadableBy({ manifest }), hasConfigSchema: false, hasReadme: false, problem };
  }
  const { wasm, wasmDigest, files, layerFiles, imageConfig } = content;
  const filterYaml = files.get("filter.yaml");
  return {
    loadableBy: loadableBy({ manifest, config: imageConfig, layerFiles }),
    wasm: { digest: wasmDigest, size: wasm.length, bytes: wasm },
    ...(filterYaml ? { filterYaml: new TextDecoder().decode(filterYaml) } : {}),
    hasConfigSchema: files.has("config.schema.json"),
    hasReadme: files.has("README.md"),
    ...(imageConfig ? { platform: `${imageConfig.os}/${imageConfig.architecture}` } : {}),
  };
}
