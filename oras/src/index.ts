export type { ArtifactMetadata } from "./artifact/annotations.js";
export { type CompanionFile, companionFiles, isWasm, wasmFile } from "./artifact/files.js";
export type { ImageConfig } from "./artifact/image-config.js";
export { type Layout, layoutOf } from "./artifact/layout.js";
export { type ArtifactFacts, type Consumer, loadableBy } from "./artifact/loadable-by.js";
export { type Format, formats, pack } from "./artifact/pack.js";
export { packCncf } from "./artifact/pack-cncf.js";
export { packCompat } from "./artifact/pack-compat.js";
export type { PackInput } from "./artifact/pack-input.js";
export { type OciInput, packOci } from "./artifact/pack-oci.js";
export type { PackedArtifact } from "./artifact/packed.js";
export {
  type ArtifactBytes,
  type ArtifactContent,
  type ReadArtifactOptions,
  readArtifact,
} from "./artifact/read.js";
export { type Attachment, type AttachResult, attach } from "./attach.js";
export type { CopyCounts } from "./copy/copier.js";
export {
  type CopiedArtifact,
  type CopyAllResult,
  type CopyOptions,
  type CopyResult,
  copy,
  copyAll,
} from "./copy.js";
export type { CredentialEnvironment } from "./credentials/credential-file.js";
export {
  eraseCredentials,
  loadCredentials,
  type StoredCredentials,
  storeCredentials,
} from "./credentials/credentials.js";
export { credentialsIn } from "./credentials/credentials-in.js";
export { type DeleteOptions, type DeleteResult, deleteArtifact } from "./delete.js";
export type { Blob, Descriptor } from "./descriptor.js";
export { digestOf } from "./digest.js";
export { isHalfWritten, type ReplaceFileOptions, replaceFile } from "./disk/replace-file.js";
export { type ErrorCode, type ErrorDetails, type ExitCode, MeshwasmError } from "./errors.js";
export { type InspectedModule, type InspectOptions, type InspectResult, inspect } from "./inspect.js";
export { type LayoutOptions, LayoutStore } from "./layout/layout-store.js";
export { listRepositories } from "./list-repositories.js";
export { type ListTagsOptions, listTags } from "./list-tags.js";
export { type Manifest, parseManifest } from "./manifest.js";
export { mediaTypes } from "./media-types.js";
export { ping } from "./ping.js";
export { buildType, type ProvenanceInput, type SourceOfBuild, slsaProvenance } from "./provenance/slsa.js";
export { type PullOptions, type PullResult, pull } from "./pull.js";
export { type PushOptions, type PushResult, push } from "./push.js";
export {
  formatPlace,
  formatReference,
  isLayoutReference,
  type LayoutReference,
  parseReference,
  type Reference,
  type RegistryReference,
  referenceTarget,
  withTarget,
} from "./reference.js";
export { type ReferrersOptions, referrers } from "./referrers.js";
export type { Access } from "./remote/auth/scope.js";
export type { CredentialSource, Credentials, RemoteOptions } from "./remote/options.js";
export { RepositoryClient } from "./remote/repository-client.js";
export { cyclonedx, type SbomInput } from "./sbom/cyclonedx.js";
export { type LockedPackage, readLockFile } from "./sbom/lock-file.js";
export { type AttestOptions, type AttestResult, attest } from "./signing/attest.js";
export type {
  RefusedSignature,
  SignatureFormat,
  SignaturePlace,
  VerifiedSignature,
} from "./signing/candidate.js";
export type { Attached, AttachedKind } from "./signing/list-attached.js";
export { type ParsePolicyOptions, parsePolicy } from "./signing/policy/parse-policy.js";
export type { PolicyRule, SignaturePolicy } from "./signing/policy/policy.js";
export { policySchema } from "./signing/policy/policy-schema.js";
export { type PolicyResult, type RuleResult, verifyPolicy } from "./signing/policy/verify-policy.js";
export { attachmentTypes, predicateTypes } from "./signing/predicate-types.js";
export { loadPrivateKey, type PrivateKey, type PrivateKeyOptions } from "./signing/private-key.js";
export { type KeyAlgorithm, loadPublicKey, type PublicKey } from "./signing/public-key.js";
export { type SignResult, sign } from "./signing/sign.js";
export { describeSigner, type Identity, type SignedBy, type Signer } from "./signing/signer.js";
export { loadTrustRoot, type TrustRoot, type TrustThresholds } from "./signing/trust-root.js";
export { type VerifyOptions, type VerifyResult, verify } from "./signing/verify.js";
export { openStore } from "./store/open.js";
export type { BlobProgress, ProgressListener, ProgressOption } from "./store/progress.js";
export type {
  BlobContent,
  FetchedManifest,
  PutBlobOptions,
  PutManifestOptions,
  PutManifestResult,
  Store,
} from "./store/store.js";
export { type TagOptions, type TagResult, tag } from "./tag.js";
export type { ForceOption } from "./version/released-tag.js";
export { semverTags } from "./version/semver-tags.js";
export { sortTags } from "./version/sort-tags.js";
