export type { ArtifactMetadata } from "./artifact/annotations.js";
export { type CompanionFile, companionFiles, isWasm, wasmFile } from "./artifact/files.js";
export type { ImageConfig } from "./artifact/image-config.js";
export { type Layout, layoutOf } from "./artifact/layout.js";
export { type ArtifactFacts, type Consumer, loadableBy } from "./artifact/loadable-by.js";
export { type CompatInput, type PackedArtifact, packCompat } from "./artifact/pack.js";
export {
  type ArtifactBytes,
  type ArtifactContent,
  type ReadArtifactOptions,
  readArtifact,
} from "./artifact/read.js";
export type { Blob, Descriptor } from "./descriptor.js";
export { digestOf } from "./digest.js";
export { type ErrorCode, type ErrorDetails, type ExitCode, MeshwasmError } from "./errors.js";
export { type InspectedModule, type InspectOptions, type InspectResult, inspect } from "./inspect.js";
export { type Manifest, parseManifest } from "./manifest.js";
export { mediaTypes } from "./media-types.js";
export { type PullOptions, type PullResult, pull } from "./pull.js";
export { type PushOptions, type PushResult, push } from "./push.js";
export { formatReference, parseReference, type Reference, referenceTarget, withTarget } from "./reference.js";
export type { Access } from "./remote/auth/scope.js";
export type { Credentials, RemoteOptions } from "./remote/options.js";
export { type FetchedManifest, RepositoryClient } from "./remote/repository-client.js";
