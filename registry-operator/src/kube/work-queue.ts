import { Backoff, type BackoffOptions } from "./backoff.js";
import { type Deferred, deferred } from "./deferred.js";

/** How a queue works. */
export interface WorkQueueOptions extends BackoffOptions {
  /** How many keys are worked on at once. Default 4. */
  concurrency?: number;
  /** Called for each failure, before the wait. */
  onError?: (key: string, error: unknown, waitMillis: number) => void;
}

/** What a worker answers: when to look again, though nothing may have changed. */
export interface WorkResult {
  /** Milliseconds; absent: only when the key is added again. */
  after?: number | undefined;
}

/**
 * Keys to be worked on, each at most once at a time. A key that is added while it is worked on is done again; one that
 * failed comes back after a wait of its own that doubles, so that one bad object slows nobody else down.
 */
export class WorkQueue {
  readonly #work: (key: string, signal: AbortSignal) => Promise<WorkResult>;
  readonly #options: WorkQueueOptions;
  readonly #waiting = new Set<string>();
  readonly #active = new Set<string>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  readonly #backoffs = new Map<string, Backoff>();
  readonly #stop = new AbortController();
  #idle: Deferred<void> | undefined;

  constructor(
    work: (key: string, signal: AbortSignal) => Promise<WorkResult>,
    options: WorkQueueOptions = {},
  ) {
    this.#work = work;
    this.#options = options;
  }

  /** As soon as possible. */
  add(key: string): void {
    if (this.#stop.signal.aborted) return;
    if (this.#active.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    this.#pump();
  }

  /** After some milliseconds, unless something sooner is planned. */
  addAfter(key: string, millis: number): void {
    if (this.#stop.signal.aborted) return;
    const at = performance.now() + millis;
    const planned = this.#timers.get(key);
    if (planned && planned.at <= at) return;
    clearTimeout(planned?.timer);
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key);
    }, millis);
    this.#timers.set(key, { at, timer });
  }

  /** Keys that wait for a worker; those that wait for their time are not counted. */
  get depth(): number {
    return this.#waiting.size;
  }

  /** Takes nothing more, and resolves when the running work has ended. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#waiting.clear();
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    if (this.#active.size === 0) return;
    this.#idle = deferred();
    await this.#idle.promise;
  }

  #pump(): void {
    for (const key of this.#waiting) {
      if (this.#active.size >= (this.#options.concurrency ?? 4)) return;
      this.#waiting.delete(key);
      this.#active.add(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    try {
      const { after } = await this.#work(key, this.#stop.signal);
      this.#backoffs.delete(key);
      if (after !== undefined) this.addAfter(key, after);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failed(key, error);
    } finally {
      this.#active.delete(key);
      if (this.#again.delete(key)) this.add(key);
      this.#pump();
      if (this.#active.size === 0) this.#idle?.resolve();
    }
  }

  #failed(key: string, error: unknown): void {
    let backoff = this.#backoffs.get(key);
    if (!backoff) {
      backoff = new Backoff(this.#options);
      this.#backoffs.set(key, backoff);
    }
    const wait = backoff.next();
    this.#options.onError?.(key, error, wait);
    this.addAfter(key, wait);
  }
}
