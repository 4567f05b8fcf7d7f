import type { BlobProgress, ProgressListener } from "@meshwasm/oras";
import type { Output } from "./output.js";

/** Where progress is drawn: standard error. */
export interface ProgressStream {
  isTTY?: boolean | undefined;
  /** Absent: 80. */
  columns?: number | undefined;
  write(text: string): unknown;
}

const redrawMs = 100;
/** Between two lines in a log, where nobody watches. */
const lineMs = 5_000;
const barWidth = 24;

/** Shows how many bytes of all blobs went: as one bar on a terminal, elsewhere as a line from time to time. */
export class TransferProgress {
  readonly #blobs = new Map<string, BlobProgress>();
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  #shownAt: number;
  #isDrawn = false;

  /** @param now milliseconds; given by tests only. */
  constructor(
    readonly verb: string,
    stream: ProgressStream,
    now: () => number = Date.now,
  ) {
    this.#stream = stream;
    this.#now = now;
    // A terminal shows it at once, a log only what takes long.
    this.#shownAt = stream.isTTY ? Number.NEGATIVE_INFINITY : now();
  }

  /** Takes notice, and shows it when it is time to. */
  update(progress: BlobProgress): void {
    this.#blobs.set(progress.digest, progress);
    const interval = this.#stream.isTTY ? redrawMs : lineMs;
    if (this.#now() - this.#shownAt < interval) return;
    this.#shownAt = this.#now();
    this.#stream.write(this.#stream.isTTY ? `\r${this.#bar()}\u001b[K` : `${this.#words()}\n`);
    this.#isDrawn = this.#stream.isTTY === true;
  }

  /** Takes the bar away, so that what is printed next has a line of its own. */
  end(): void {
    if (this.#isDrawn) this.#stream.write("\r\u001b[K");
    this.#isDrawn = false;
  }

  #bar(): string {
    const [done, total] = this.#sums();
    const filled = total === 0 ? 0 : Math.min(barWidth, Math.floor((done / total) * barWidth));
    const line = `${"#".repeat(filled).padEnd(barWidth, ".")} ${this.#words()}`;
    return line.slice(0, (this.#stream.columns ?? 80) - 1);
  }

  #words(): string {
    const [done, total] = this.#sums();
    return `${this.verb}: ${megabytes(done)} of ${megabytes(total)} MB`;
  }

  #sums(): [done: number, total: number] {
    const blobs = [...this.#blobs.values()];
    return [blobs.reduce((sum, { done }) => sum + done, 0), blobs.reduce((sum, { size }) => sum + size, 0)];
  }
}

/**
 * Runs a transfer and shows its progress on standard error; with `--quiet` or `--json` nothing is shown.
 *
 * @param verb in the words that are shown: `pull`
 */
export async function showingProgress<T>(
  verb: string,
  output: Output,
  work: (onProgress: ProgressListener | undefined) => Promise<T>,
): Promise<T> {
  if (output.quiet || output.json) return work(undefined);
  const progress = new TransferProgress(verb, process.stderr);
  try {
    return await work((blob) => progress.update(blob));
  } finally {
    progress.end();
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
