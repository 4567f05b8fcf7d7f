import { setTimeout as sleep } from "node:timers/promises";
import { MeshwasmError } from "../errors.js";

/** How often and how patiently {@link retrying} repeats. */
export interface RetryPolicy {
  /** Further attempts after the first. */
  retries: number;
  /** Milliseconds before the first retry; doubled for each further one. */
  retryDelayMs: number;
  signal: AbortSignal | undefined;
}

const maxDelayMs = 5_000;
const maxRetryAfterMs = 30_000;

// Which errors are passing is knowledge between the transport and this file, not part of the public error.
const passing = new WeakMap<MeshwasmError, { afterMs: number | undefined }>();

/** Marks an error as passing; `afterMs` is how long the registry asked to wait. Returns the error. */
export function markPassing(error: MeshwasmError, afterMs?: number): MeshwasmError {
  passing.set(error, { afterMs });
  return error;
}

/** True for a failure that another attempt may not meet. */
export function isPassing(error: unknown): boolean {
  return error instanceof MeshwasmError && passing.has(error);
}

/**
 * Runs an idempotent piece of work again while it fails with a passing error: exponential back-off with jitter,
 * or what `Retry-After` asked for, up to 30 s.
 */
export async function retrying<T>(policy: RetryPolicy, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      await waitToRetry(policy, error, attempt);
    }
  }
}

/** Waits before another attempt, of which `attempt` went before. @throws the error when there is to be none. */
export async function waitToRetry(policy: RetryPolicy, error: unknown, attempt: number): Promise<void> {
  const hint = error instanceof MeshwasmError ? passing.get(error) : undefined;
  if (!hint || attempt >= policy.retries) throw error;
  await pause(delayMs(policy, hint.afterMs, attempt), policy.signal);
}

/**
 * Milliseconds before another attempt, of which `attempt` went before.
 * @param afterMs what the registry asked for, kept up to 30 s. Absent: exponential back-off with jitter, up to 5 s.
 */
export function delayMs({ retryDelayMs }: RetryPolicy, afterMs: number | undefined, attempt: number): number {
  if (afterMs !== undefined) return Math.min(afterMs, maxRetryAfterMs);
  return Math.min(maxDelayMs, retryDelayMs * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/**
 * Reads a `Retry-After` header: seconds or an HTTP date.
 * See https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3.
 * @returns milliseconds; undefined when absent or not understood.
 */
export function retryAfterMs(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (cause) {
    throw new MeshwasmError("ABORTED", "the call was aborted while it waited to retry", { cause });
  }
}
