import type { KubeObject } from "../kube/index.js";

/** What the API server asks about one write. */
export interface AdmissionRequest {
  uid: string;
  /** Of the resource. */
  kind: string;
  /** Empty: it has none. */
  namespace: string;
  object: KubeObject;
  /** Absent: it is new. */
  oldObject: KubeObject | undefined;
}

/** What is said to a write. */
export interface Verdict {
  /** Why the write is refused, one for each problem; empty: it is let through. */
  refusals: string[];
  /** Told to who writes, whatever the answer. */
  warnings: string[];
}

/** The API server cuts longer ones. */
const maxWarning = 250;
const maxWarnings = 8;

/**
 * Reads an AdmissionReview.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 *
 * @returns undefined: it is none, or about a deletion
 */
export function readReview(body: Record<string, unknown> | undefined): AdmissionRequest | undefined {
  const request = mapOf(body?.request);
  const object = objectOf(request?.object);
  if (!request || !object || typeof request.uid !== "string") return undefined;
  const { kind } = mapOf(request.kind) ?? {};
  if (typeof kind !== "string") return undefined;
  return {
    uid: request.uid,
    kind,
    namespace: typeof request.namespace === "string" ? request.namespace : "",
    object,
    oldObject: objectOf(request.oldObject),
  };
}

/** The answer to a review. */
export function reviewOf(uid: string, { refusals, warnings }: Verdict): object {
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: {
      uid,
      allowed: refusals.length === 0,
      ...(refusals.length === 0
        ? {}
        : { status: { code: 422, reason: "Invalid", message: refusals.join("; ") } }),
      ...(warnings.length === 0 ? {} : { warnings: warnings.slice(0, maxWarnings).map(shortened) }),
    },
  };
}

/**
 * The answer to a review of an object that may be changed, which is always let through.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response
 *
 * @param patch a JSON Patch; empty: nothing is changed
 */
export function patchOf(uid: string, patch: readonly object[]): object {
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: {
      uid,
      allowed: true,
      ...(patch.length === 0
        ? {}
        : { patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(patch)).toString("base64") }),
    },
  };
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= maxWarning ? line : `${line.slice(0, maxWarning - 1)}…`;
}

function objectOf(value: unknown): KubeObject | undefined {
  const object = mapOf(value);
  return object && mapOf(object.metadata) && mapOf(object.spec)
    ? (object as unknown as KubeObject)
    : undefined;
}

function mapOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
