/**
 * The CLI's own errors. Errors of the other packages have the same shape (name, code, hint, exitCode), so
 * `isMeshwasmError` recognises all of them without an import between the packages.
 */
const exitCodes = {
  USAGE: 2,
  FILTER_INVALID: 2,
  FILE_NOT_FOUND: 2,
  FILE_EXISTS: 2,
  ASSEMBLYSCRIPT_MISSING: 2,
  CONFIG_INVALID: 2,
  MODULE_INVALID: 2,
  COMPILE_FAILED: 1,
  TEST_FAILED: 1,
  WORK_FAILED: 1,
  ENVOY_MISSING: 3,
  ENVOY_FAILED: 3,
  PORT_IN_USE: 2,
  UPSTREAM_FAILED: 3,
  CANCELLED: 1,
  KUBECONFIG_INVALID: 2,
  CLUSTER_UNREACHABLE: 3,
  CLUSTER_REFUSED: 3,
  NOT_ENABLED: 1,
  NOT_READY: 1,
} as const;

/** What went wrong, as a stable name; each has one exit code. */
export type ErrorCode = keyof typeof exitCodes;

export interface MeshwasmErrorOptions {
  /** What to do next, one line; absent: nothing is printed below the message. */
  hint?: string;
  /** The error underneath, shown with `--debug` only. */
  cause?: unknown;
  /** More of the same failure, for `--json`: for example every diagnostic of a failed compile. */
  details?: unknown;
}

/** An error that is meant for the person at the shell: a message that names the place, and a next step. */
export class MeshwasmError extends Error {
  override readonly name = "MeshwasmError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: unknown;
  /** 1: the work failed. 2: bad usage or a bad input file. 3: a remote side failed. */
  readonly exitCode: 1 | 2 | 3;

  constructor(code: ErrorCode, message: string, options: MeshwasmErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
    this.exitCode = exitCodes[code];
  }
}

/** The shape that every package's errors share. */
export interface AnyMeshwasmError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: 1 | 2 | 3;
  readonly details?: unknown;
}

/** Whether `error` is a MeshwasmError of any package. */
export function isMeshwasmError(error: unknown): error is AnyMeshwasmError {
  return error instanceof Error && error.name === "MeshwasmError" && "exitCode" in error;
}
