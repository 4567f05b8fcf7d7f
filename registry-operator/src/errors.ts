/**
 * Every code that this package raises, with the exit code that a process ends with for it: 1 the work failed, 2 bad
 * usage or input, 3 a remote side failed. The codes are also the reasons of conditions, so they are in CamelCase.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
 */
const exitCodes = {
  /** A flag or an option that cannot be used. */
  Usage: 2,
  /** The caller's AbortSignal fired; says nothing about the object. */
  Aborted: 1,

  // Modules: from the registry into the store.
  /** A reference that does not parse. */
  ImageInvalid: 2,
  /** No such repository, tag or digest. */
  ImageNotFound: 3,
  /** The FilterPolicy does not allow this registry. */
  RegistryNotAllowed: 1,
  /** Credentials are missing or were refused. */
  RegistryUnauthorized: 3,
  /** No connection, or an answer that the protocol does not allow. */
  RegistryUnreachable: 3,
  RegistryFailed: 3,
  /** A pull secret that is missing or cannot be understood. */
  PullSecretInvalid: 2,
  /** What arrived is not what its digest says. */
  DigestMismatch: 3,
  /** Larger than the limit in force. */
  ModuleTooLarge: 1,
  /** A well-formed image that holds no filter, or contradicts itself. */
  ArtifactInvalid: 1,
  /** The bytes are no WebAssembly module that Envoy could use. */
  ModuleInvalid: 1,
  /** No ABI version that Envoy knows. */
  AbiUnsupported: 1,
  /** The module imports what Envoy does not provide. */
  ImportMissing: 1,
  /** The module imports what the FilterPolicy does not allow. */
  CapabilityNotAllowed: 1,
  /** The resource restricts the module so that its own callbacks would not be called. */
  CallbackNotAllowed: 2,
  /** A policy asks for a signature, and there is none. */
  SignatureMissing: 1,
  /** No key of the policy has made the signature. */
  SignatureInvalid: 1,
  /** A FilterPolicy that cannot be kept to, such as a key of a kind that is not supported. */
  PolicyInvalid: 2,
  /** The store's file system is full. */
  StoreFull: 1,
  /** The store's file system refused. */
  StoreFailed: 1,

  // Resources.
  /** The configuration does not keep to the schema in the artifact. */
  ConfigInvalid: 2,
  /** The schema in the artifact is none. */
  ConfigSchemaInvalid: 1,
  /** Fields of the resource that contradict each other or the module. */
  SpecInvalid: 2,

  // Kubernetes.
  /** No usable kubeconfig. */
  KubeConfigInvalid: 2,
  /** The API server cannot be reached, or closed the connection. */
  KubeUnreachable: 3,
  /** The API server answered with a failure; `KubeError` says which. */
  KubeFailed: 3,
  /** Another process holds the lease now. */
  LeadershipLost: 1,

  // Certificates and the agent.
  /** A certificate or request for one that cannot be used. */
  CertificateInvalid: 1,
  /** A token that the API server does not accept, or that names no node. */
  TokenInvalid: 1,
  /** The operator cannot be reached, or refused. */
  OperatorUnreachable: 3,
} as const satisfies Record<string, 1 | 2 | 3>;

/** What went wrong, as a stable name. */
export type ErrorCode = keyof typeof exitCodes;

/** The parts of a {@link MeshwasmError} beside its code and message. */
export interface ErrorDetails {
  /** What to do next, one sentence; absent: the message says it all. */
  hint?: string | undefined;
  /** The error underneath, for the log at level debug. Never holds a secret. */
  cause?: unknown;
}

/** An error that names the place in its message and the next step in its hint. */
export class MeshwasmError extends Error {
  override readonly name = "MeshwasmError";
  /** Stable identifier from this package's table; the reason of a condition. */
  readonly code: ErrorCode;
  /** What to do next; absent when the message says it all. */
  readonly hint: string | undefined;
  /** 1: the work failed. 2: bad usage or input. 3: a remote side failed. */
  readonly exitCode: 1 | 2 | 3;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.exitCode = exitCodes[code];
  }
}
