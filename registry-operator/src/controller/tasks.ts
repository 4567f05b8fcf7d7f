import { deadline } from "../kube/index.js";

/** How a task in the background stands. */
export type Task<T> =
  | { state: "running" }
  | { state: "done"; result: T }
  | { state: "failed"; error: unknown };

/** How one task is done. */
export interface TaskOptions<T> {
  /** Only one task of a name runs. */
  name: string;
  /** What it depends on: another input is another task, and the outcome of the old one is dropped. */
  input: string;
  work: (signal: AbortSignal) => Promise<T>;
  /** Milliseconds after which a failed task is tried again. */
  retry: (error: unknown) => number;
  /** Called when it ended, and when a failed one may be tried again. */
  onNews: () => void;
}

interface Entry {
  input: string;
  stop: AbortController;
  task: Task<unknown>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Work that takes long and must hold nobody up. Whoever asks gets the outcome if there is one, and is told when to ask
 * again.
 */
export class Tasks {
  readonly #entries = new Map<string, Entry>();
  readonly #limitMillis: number;

  /** @param limitMillis the longest that one task may take */
  constructor(limitMillis: number) {
    this.#limitMillis = limitMillis;
  }

  run<T>(options: TaskOptions<T>): Task<T> {
    const known = this.#entries.get(options.name);
    if (known?.input === options.input) return known.task as Task<T>;
    if (known) this.#drop(options.name, known);
    const entry: Entry = {
      input: options.input,
      stop: new AbortController(),
      task: { state: "running" },
      timer: undefined,
    };
    this.#entries.set(options.name, entry);
    void this.#start(entry, options);
    return { state: "running" };
  }

  /** Forgets a task, and ends it when it runs. */
  forget(name: string): void {
    const entry = this.#entries.get(name);
    if (entry) this.#drop(name, entry);
  }

  /** Ends all. */
  close(): void {
    for (const [name, entry] of this.#entries) this.#drop(name, entry);
  }

  async #start<T>(entry: Entry, { name, work, retry, onNews }: TaskOptions<T>): Promise<void> {
    const limit = deadline(this.#limitMillis, entry.stop.signal);
    try {
      entry.task = { state: "done", result: await work(limit.signal) };
    } catch (error) {
      entry.task = { state: "failed", error };
      const again = () => {
        if (this.#entries.get(name) !== entry) return;
        this.#entries.delete(name);
        onNews();
      };
      if (!entry.stop.signal.aborted) entry.timer = setTimeout(again, retry(error));
    } finally {
      limit.clear();
    }
    if (!entry.stop.signal.aborted) onNews();
  }

  #drop(name: string, entry: Entry): void {
    clearTimeout(entry.timer);
    entry.stop.abort();
    this.#entries.delete(name);
  }
}
