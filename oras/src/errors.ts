import { defaultHints } from "./error-hints.js";

/** How a failed call ends a process: 1 the work failed, 2 bad usage or input, 3 a remote side failed. */
export type ExitCode = 1 | 2 | 3;

const exitCodes = {
  /** A reference that does not parse, or that contradicts what is pushed. */
  REFERENCE_INVALID: 2,
  /** An option that cannot be used: an unreadable CA file, a limit that is no number. */
  OPTION_INVALID: 2,
  /** Bytes or metadata given by the caller that cannot be packed. */
  INPUT_INVALID: 2,
  /** A folder that is no OCI image layout, or holds what a layout does not. */
  LAYOUT_INVALID: 2,
  /** A credential file that cannot be read, written or understood. */
  CREDENTIALS_INVALID: 2,
  /** A docker-credential program that is missing, failed, or answered something else. */
  CREDENTIAL_HELPER_FAILED: 1,
  /** No connection: refused, reset, no route, or a host that does not resolve. */
  REGISTRY_UNREACHABLE: 3,
  /** Nothing came within the connect or idle timeout. */
  REGISTRY_TIMEOUT: 3,
  /** Credentials are missing or were refused. */
  REGISTRY_UNAUTHORIZED: 3,
  /** The credentials are known but do not allow this. */
  REGISTRY_FORBIDDEN: 3,
  /** Any other answer that the protocol does not allow here, a 5xx included. */
  REGISTRY_ERROR: 3,
  /** The certificate is not trusted, or the server does not speak TLS. */
  TLS_FAILED: 3,
  /** No such repository, tag, manifest or blob, in a registry or a layout. */
  NOT_FOUND: 3,
  /** What arrived is not what its digest says. */
  DIGEST_MISMATCH: 3,
  /** What arrived is shorter or longer than announced. */
  SIZE_MISMATCH: 3,
  /** Larger than the limit in force: nothing was kept. */
  SIZE_LIMIT: 1,
  /** The tag of a release names other content already. */
  TAG_EXISTS: 1,
  /** A release, or something by its digest, is not deleted unless that is asked for by force. */
  DELETE_REFUSED: 1,
  /** A manifest or index that is not well formed. */
  MANIFEST_INVALID: 1,
  /** A well-formed image that holds no filter, or contradicts itself. */
  ARTIFACT_INVALID: 1,
  /** A tar or gzip that is damaged or holds what a filter never holds (links, devices, `..`). */
  ARCHIVE_INVALID: 1,
  /** The file system refused: full, read-only, no permission. */
  FILE_FAILED: 1,
  /** A key file that cannot be understood, or a private key where a public one belongs, or the other way round. */
  KEY_INVALID: 2,
  /** A key of a kind that is not supported. */
  KEY_UNSUPPORTED: 2,
  /** An encrypted key without its password, or with another one. */
  KEY_LOCKED: 2,
  /** A trust root that cannot be understood. */
  TRUST_ROOT_INVALID: 2,
  /** A signature policy that cannot be understood. */
  POLICY_INVALID: 2,
  /** A lock file that cannot be understood, or does not know the package. */
  LOCK_FILE_INVALID: 2,
  /** Nothing of the wanted kind is attached to the artifact: no signature, no attestation. */
  SIGNATURE_MISSING: 1,
  /** Signed, but not by anyone who was asked for. */
  SIGNATURE_UNTRUSTED: 1,
  /** A valid signature, of something else. */
  SIGNATURE_MISMATCH: 1,
  /** What is attached as a signature is damaged, or was changed after it was signed. */
  SIGNATURE_INVALID: 1,
  /** A signature in a format or with an algorithm that is not supported. */
  SIGNATURE_UNSUPPORTED: 1,
  /** Signed, but not as the policy asks for. */
  POLICY_VIOLATED: 1,
  /** The caller's AbortSignal fired. */
  ABORTED: 1,
} as const satisfies Record<string, ExitCode>;

/** Every code that this package can throw; stable across releases. */
export type ErrorCode = keyof typeof exitCodes;

/** The parts of a {@link MeshwasmError} beside its code and message. */
export interface ErrorDetails {
  /** What to do next, one sentence. Absent: what the code alone suggests, if it suggests something. */
  hint?: string | undefined;
  /** The error underneath, for `--debug`. Never holds a credential. */
  cause?: unknown;
  /** More of the same failure, for programs: every signature that was refused and why. Absent: nothing more. */
  details?: unknown;
}

/**
 * The one error class of this package. The message is one line that names the host or the input and the cause;
 * it never holds a secret.
 */
export class MeshwasmError extends Error {
  override readonly name = "MeshwasmError";
  /** Stable identifier from this package's table. */
  readonly code: ErrorCode;
  /** What to do next; undefined when the message says it all. */
  readonly hint: string | undefined;
  /** The exit code that a command line ends with. */
  readonly exitCode: ExitCode;
  /** More of the same failure, for programs; undefined: nothing more. Never holds a secret. */
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint ?? defaultHints[code];
    this.details = details.details;
    this.exitCode = exitCodes[code];
  }
}
