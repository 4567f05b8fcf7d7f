import { MeshwasmError } from "../errors.js";

/** A failure that the API server answered with. */
export class KubeError extends MeshwasmError {
  /** HTTP status: 404 not found, 409 conflict, 410 gone, 422 invalid. */
  readonly status: number;
  /** The machine-readable word of the answer's Status object; empty: it had none. */
  readonly reason: string;
  /** Milliseconds that the server asks to wait; absent: it did not ask. */
  readonly retryAfter: number | undefined;

  constructor(what: string, status: number, answer: unknown, retryAfterSeconds?: string) {
    const { message, reason } = statusOf(answer);
    super("KubeFailed", `${what}: ${message ?? `HTTP ${status}`}`, { hint: hints[status] });
    this.status = status;
    this.reason = reason ?? "";
    const seconds = Number(retryAfterSeconds);
    this.retryAfter = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) * 1000 : undefined;
  }
}

/** Whether an error is an answer of the API server with one of these HTTP statuses; none given: with any. */
export function isKubeError(error: unknown, ...statuses: number[]): error is KubeError {
  return error instanceof KubeError && (statuses.length === 0 || statuses.includes(error.status));
}

const hints: Record<number, string> = {
  401: "the credentials of the kubeconfig or of the ServiceAccount are not accepted",
  403: "apply the roles that ship with the operator",
};

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
function statusOf(answer: unknown): { message?: string; reason?: string } {
  if (typeof answer !== "object" || answer === null) return {};
  const { message, reason } = answer as Record<string, unknown>;
  return {
    ...(typeof message === "string" ? { message: message.slice(0, 1000) } : {}),
    ...(typeof reason === "string" ? { reason } : {}),
  };
}
