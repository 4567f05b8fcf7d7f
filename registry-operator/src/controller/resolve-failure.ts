import type { Finding } from "../desired/conditions.js";
import { type ErrorCode, MeshwasmError } from "../errors.js";

const beforeVerification: ReadonlySet<string> = new Set<ErrorCode>([
  "ImageInvalid",
  "ImageNotFound",
  "RegistryNotAllowed",
  "RegistryUnauthorized",
  "RegistryUnreachable",
  "RegistryFailed",
  "PullSecretInvalid",
  "StoreFull",
  "StoreFailed",
  "KubeFailed",
  "KubeUnreachable",
  "Aborted",
]);

/** Time alone can mend these. */
const passing: ReadonlySet<string> = new Set<ErrorCode>([
  "RegistryUnauthorized",
  "RegistryUnreachable",
  "RegistryFailed",
  "DigestMismatch",
  "StoreFull",
  "StoreFailed",
  "KubeFailed",
  "KubeUnreachable",
  "Aborted",
]);

/** Whether it is worth trying again soon. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof MeshwasmError) || passing.has(error.code);
}

/** Which of the two conditions a failed resolution makes false, with the error's code as its reason. */
export function failureFindings(error: unknown): { Resolved: Finding; Verified: Finding } {
  const known = error instanceof MeshwasmError ? error : undefined;
  const words = error instanceof Error ? error.message : String(error);
  const message = known?.hint ? `${words}. ${known.hint}` : words;
  const finding: Finding = { status: "False", reason: known?.code ?? "InternalError", message };
  if (known && !beforeVerification.has(known.code)) {
    return {
      Resolved: { status: "True", reason: "Resolved", message: "the image was found" },
      Verified: finding,
    };
  }
  const unknown: Finding = { status: "Unknown", reason: "NotResolved", message: "the image is not resolved" };
  return { Resolved: finding, Verified: unknown };
}
