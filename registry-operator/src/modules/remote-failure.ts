import { type ErrorCode as OrasCode, MeshwasmError as OrasError } from "@meshwasm/oras";
import { type ErrorCode, MeshwasmError } from "../errors.js";

const reasons: Partial<Record<OrasCode, ErrorCode>> = {
  REFERENCE_INVALID: "ImageInvalid",
  OPTION_INVALID: "Usage",
  INPUT_INVALID: "ArtifactInvalid",
  LAYOUT_INVALID: "ImageInvalid",
  CREDENTIALS_INVALID: "PullSecretInvalid",
  CREDENTIAL_HELPER_FAILED: "PullSecretInvalid",
  REGISTRY_UNREACHABLE: "RegistryUnreachable",
  REGISTRY_TIMEOUT: "RegistryUnreachable",
  REGISTRY_UNAUTHORIZED: "RegistryUnauthorized",
  REGISTRY_FORBIDDEN: "RegistryUnauthorized",
  REGISTRY_ERROR: "RegistryFailed",
  TLS_FAILED: "RegistryUnreachable",
  NOT_FOUND: "ImageNotFound",
  DIGEST_MISMATCH: "DigestMismatch",
  SIZE_MISMATCH: "DigestMismatch",
  SIZE_LIMIT: "ModuleTooLarge",
  TAG_EXISTS: "RegistryFailed",
  MANIFEST_INVALID: "ArtifactInvalid",
  ARTIFACT_INVALID: "ArtifactInvalid",
  ARCHIVE_INVALID: "ArtifactInvalid",
  FILE_FAILED: "StoreFailed",
  ABORTED: "Aborted",
  SIGNATURE_MISSING: "SignatureMissing",
  SIGNATURE_UNTRUSTED: "SignatureInvalid",
  SIGNATURE_MISMATCH: "SignatureInvalid",
  SIGNATURE_INVALID: "SignatureInvalid",
  SIGNATURE_UNSUPPORTED: "SignatureInvalid",
  POLICY_VIOLATED: "SignatureInvalid",
};

// What oras says to somebody at a shell does not fit who reads a condition.
const hints: Partial<Record<ErrorCode, string>> = {
  ImageInvalid: "write HOST/REPOSITORY[:TAG][@DIGEST]",
  ImageNotFound:
    "check repository and tag; without the right pull secret a private repository may look like this",
  RegistryUnauthorized:
    "name a secret of type kubernetes.io/dockerconfigjson in imagePullSecrets that may read it",
  RegistryUnreachable: "it is tried again; check the registry, and that the operator's network reaches it",
  ModuleTooLarge: "make the module smaller, or raise the size limit in the FilterPolicy",
  ArtifactInvalid: "publish it with: meshwasm push",
  SignatureMissing:
    "sign it with a key of the FilterPolicy: meshwasm sign IMAGE --key KEY; it is looked at again within minutes",
  SignatureInvalid:
    "sign it with a key of the FilterPolicy, or ask for the signer's key to be added to signing.publicKeys",
  PullSecretInvalid: "make it with: kubectl create secret docker-registry",
};

/** A failure of the OCI client as one whose code serves as a condition's reason; others are returned as they are. */
export function remoteFailure(cause: unknown): unknown {
  if (!(cause instanceof OrasError)) return cause;
  const code = reasons[cause.code] ?? "RegistryFailed";
  return new MeshwasmError(code, cause.message, { hint: hints[code], cause });
}
