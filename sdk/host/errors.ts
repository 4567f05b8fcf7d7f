/**
 * Every code that the host can raise, with the exit code that a command line gives for it:
 * 1 the work failed, 2 the caller's input is wrong, 3 a remote side failed (the host has none).
 */
const EXIT_CODES = {
  /** The bytes are no WebAssembly module, or one that Envoy's engine could not use at all. */
  MODULE_INVALID: 2,
  /** No `proxy_abi_version_*` export that Envoy knows. */
  ABI_UNSUPPORTED: 2,
  /** The module imports something that Envoy does not provide. */
  IMPORT_MISSING: 2,
  /** The import's name exists in Envoy, with another signature. */
  IMPORT_MISMATCH: 2,
  /** Envoy provides it, this host does not yet; raised when the module calls it. */
  IMPORT_UNSUPPORTED: 1,
  /** `proxy_on_vm_start` answered false. */
  START_FAILED: 1,
  /** `proxy_on_configure` answered false. */
  CONFIGURE_FAILED: 1,
  /** The module trapped: its VM is dead from then on. */
  TRAP: 1,
  /** A callback made more turns of loops than the limit: in Envoy its worker would hang. */
  ENDLESS_LOOP: 1,
  /** The module did what makes Envoy 1.40 itself crash (seen, not guessed). */
  ENVOY_CRASH: 1,
  /** The filter paused the stream, so there is no response to look at yet. */
  STREAM_PAUSED: 1,
  /** The stream ended with a reset, before a response had begun. */
  STREAM_RESET: 1,
  /** Something is left that should be gone, or the guest's memory grew without end. */
  LEAK: 1,
  /** The host was called in a way that makes no sense. */
  USAGE: 2,
} as const;

/** The codes of {@link MeshwasmError} that this package raises. */
export type HostErrorCode = keyof typeof EXIT_CODES;

/** One frame of a guest's stack when it trapped. */
export interface WasmFrame {
  /** The function's name from the module's name section, or undefined. */
  readonly name: string | undefined;
  /** The function's index in the module, imports counted. */
  readonly functionIndex: number;
  /** Byte offset in the module: the key into a source map made for it. */
  readonly offset: number;
  /** `FILE:LINE:COLUMN` in the author's source; undefined without a source map, or for code that has no place there. */
  readonly source: string | undefined;
  /**
   * Where `source` is a library's and no frame further in is the author's: the author's place nearest before in this function, into
   * which the compiler put the library's code. Undefined for everything else.
   */
  readonly inlinedIn: string | undefined;
}

/** What a {@link MeshwasmError} may carry besides its message. */
export interface MeshwasmErrorOptions {
  hint?: string | undefined;
  cause?: unknown;
  frames?: readonly WasmFrame[] | undefined;
}

/** The one error class of this package. `code` is stable, `message` is for people, `hint` says what to do next. */
export class MeshwasmError extends Error {
  override readonly name = "MeshwasmError";
  readonly code: HostErrorCode;
  /** What to do next; empty when there is nothing to say. */
  readonly hint: string;
  readonly exitCode: 1 | 2 | 3;
  /** The guest's stack, innermost first; empty unless `code` is `TRAP` or `ENDLESS_LOOP`, or a trap caused it. */
  readonly frames: readonly WasmFrame[];

  constructor(code: HostErrorCode, message: string, options: MeshwasmErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? "";
    this.exitCode = EXIT_CODES[code];
    this.frames = options.frames ?? [];
  }
}
