/** The probe's memory: where its module and the programs that it is given agree to find things. */
export const MEMORY = {
  /** Out parameters of a hostcall, 8 bytes each. */
  out: 64,
  /** Operands of the hostcall that is being made, 8 bytes each. */
  args: 256,
  /** Out parameters of a hostcall in which a callback came, 64 bytes for each level. */
  saved: 2048,
  /** Numbers that a script keeps, 4 bytes each: the stream that came last, the root context, then the script's own. */
  registers: 512,
  /** How often each callback was called, 4 bytes each. */
  counters: 1024,
  /** The line that is being built. */
  line: 4096,
  lineEnd: 32_000,
  /** Names of callbacks. */
  names: 32_768,
  /** The program: the first that the host has the module allocate. */
  program: 65_536,
} as const;

/** Registers that the probe fills by itself. */
export const STREAM_REGISTER = 0;
export const ROOT_REGISTER = 1;
