import type { Pair } from "../headers/pairs.js";

/** A response that the filter (or the host on its behalf) gives instead of the upstream. */
export interface LocalReply {
  readonly status: number;
  /** Response code details, whitespace already replaced. */
  readonly details: string;
  readonly body: Buffer;
  readonly headers: readonly Pair[];
  /** 0–16, or undefined for none. */
  readonly grpcStatus: number | undefined;
}
