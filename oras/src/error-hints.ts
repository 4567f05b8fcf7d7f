import type { ErrorCode } from "./errors.js";

/** What to do next where the place that throws does not know better. Absent: it always does, or nothing helps. */
export const defaultHints: Readonly<Partial<Record<ErrorCode, string>>> = {
  REFERENCE_INVALID: "write HOST/REPOSITORY:TAG, HOST/REPOSITORY@sha256:…, or oci:DIR:TAG",
  OPTION_INVALID: "correct or leave out that option",
  INPUT_INVALID: "give the bytes of a WebAssembly module, and text where text belongs",
  LAYOUT_INVALID: "name a folder that is an OCI image layout, or one that does not exist yet",
  CREDENTIALS_INVALID: "repair the file, or move it away and log in again",
  CREDENTIAL_HELPER_FAILED:
    "run the helper by hand to see what it says, or take it out of the credential file",
  REGISTRY_UNREACHABLE:
    "check the network, a proxy in between, and whether the registry runs; then try again",
  REGISTRY_TIMEOUT: "try again later, or with a longer timeout",
  REGISTRY_ERROR:
    "if that is not a passing fault, ask whoever runs the registry, or what stands in front of it",
  TLS_FAILED: "check the host, its port and its certificate",
  NOT_FOUND: "check repository and tag",
  DIGEST_MISMATCH: "something changed it on the way or where it is stored: nothing of it was used",
  SIZE_MISMATCH: "something cut or extended it on the way or where it is stored: nothing of it was used",
  SIZE_LIMIT: "nothing was kept; if this source is trusted, raise the limit where an option does so",
  MANIFEST_INVALID: "push the artifact again with a client that follows the OCI specification",
  ARTIFACT_INVALID: "look at it with inspect: it is no filter, or was damaged before it was pushed",
  ARCHIVE_INVALID: "nothing was unpacked; ask whoever published the artifact to pack it anew",
  FILE_FAILED: "check the path, its permissions and the room on that disk",
};
