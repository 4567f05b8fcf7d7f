import { MeshwasmError } from "../errors.js";
import type { TestedModule } from "../test/tested-module.js";
import { CaseFolder } from "./case-folder.js";
import { fitCase } from "./fit-case.js";
import { maskRecorded } from "./mask.js";
import {
  type ExchangeSink,
  messagesOf,
  type Recorded,
  type RecordedFilter,
  recordedBodyLimit,
  titleOf,
} from "./recorded.js";

/** How many exchanges one run records. */
const exchangeLimit = 1000;

/** How many callouts of one exchange are recorded. */
const calloutLimit = 100;

/** How many exchanges of a VM a case may start with, and how many bytes of bodies they may have in all. */
const historyLimit = 20;
const historyBytes = 64 * 1024;

export interface RecorderOptions {
  /** Where the files go; made when it is not there. */
  dir: string;
  /** Headers, query parameters, form and JSON fields that are masked beside `maskedByDefault`; any case. */
  mask: ReadonlySet<string>;
  rootId: string;
  pluginName: string;
  /** How the traffic passed, for the comment in the files. */
  engine: string;
  onInfo: (line: string) => void;
  onWarning: (line: string) => void;
}

/**
 * Writes exchanges as declarative cases, one file for each, as they end. Every case is replayed in the in-process host
 * first, so that `meshwasm test` passes on what is written.
 */
export class Recorder implements ExchangeSink {
  #written = 0;
  #full = false;
  #queue: Promise<void> = Promise.resolve();
  #filter: RecordedFilter | undefined;
  /** Undefined: there was too much of it. */
  #history: Recorded[] | undefined = [];

  private constructor(
    private readonly options: RecorderOptions,
    private readonly folder: CaseFolder,
  ) {}

  /** @throws MeshwasmError FILE_EXISTS or WORK_FAILED when the folder cannot be made */
  static async open(options: RecorderOptions): Promise<Recorder> {
    return new Recorder(options, await CaseFolder.open(options.dir));
  }

  /** How many files were written. */
  get written(): number {
    return this.#written;
  }

  /** Records what is over, after what was given before. */
  add(exchange: Recorded, filter: RecordedFilter): void {
    this.#queue = this.#queue.then(() =>
      this.#record(exchange, filter).catch((error: unknown) =>
        this.#skip(exchange, (error as Error).message),
      ),
    );
  }

  skipped(what: string, why: string): void {
    this.options.onWarning(`not recorded: ${what}: ${why}`);
  }

  /** Resolves once everything that was added is on disk, or was said not to be. */
  async drained(): Promise<void> {
    await this.#queue;
  }

  #skip(recorded: Recorded, why: string): void {
    const { method, path } = titleOf(recorded);
    // The path may hold what is to be masked.
    this.skipped(`${method} ${path.split("?")[0]}`, why);
  }

  async #record(given: Recorded, filter: RecordedFilter): Promise<void> {
    if (this.#written >= exchangeLimit) {
      if (!this.#full) this.options.onWarning(`recorded ${exchangeLimit} exchanges: the rest is not`);
      this.#full = true;
      return;
    }
    const tooLarge = messagesOf(given).some(({ body }) => size(body) > recordedBodyLimit);
    if (tooLarge) return this.#skip(given, `a body has more than ${recordedBodyLimit / 1024} KiB`);
    if (given.callouts.length > calloutLimit)
      return this.#skip(given, `it made more than ${calloutLimit} callouts`);
    const { recorded: exchange, config } = maskRecorded(given, textOf(filter.config), this.options.mask);
    const before = this.#before(exchange, filter);
    const { rootId, pluginName, engine } = this.options;
    const { method, path } = titleOf(exchange);
    const name = `${method} ${path}`;
    const module: TestedModule = { wasm: filter.wasm, rootId, name: pluginName };
    const fitted = fitCase(module, exchange, { name, config, before });
    if ("refused" in fitted) {
      return this.#skip(
        given,
        `replayed later, with its secrets masked, it ends otherwise (${fitted.refused.split("\n")[0]})`,
      );
    }
    const left =
      fitted.left.length > 0
        ? [`Not the same when replayed, and so not expected: ${fitted.left.join(", ")}.`]
        : [];
    const comments = [
      `Recorded by meshwasm run --record (engine ${engine}); * stands for what was masked.`,
      ...left,
    ];
    const [written = ""] = await this.folder.write([{ file: fitted.file, comments, method, path }]);
    this.#written++;
    this.options.onInfo(`recorded: ${written}`);
    for (const line of left) this.options.onWarning(`${written}: ${line}`);
  }

  /** What went through the same VM before; a VM is another one when module or configuration changed. */
  #before(exchange: Recorded, filter: RecordedFilter): Recorded[] {
    if (this.#filter?.wasm !== filter.wasm || this.#filter.config !== filter.config) this.#history = [];
    this.#filter = filter;
    // A case that began in the middle would not have the state either: no history is better then.
    if (!this.#history) return [];
    const before = this.#history.filter(({ began }) => began <= exchange.began);
    this.#history.push(exchange);
    const bytes = this.#history.flatMap(messagesOf).reduce((sum, { body }) => sum + size(body), 0);
    if (this.#history.length > historyLimit || bytes > historyBytes) this.#history = undefined;
    return before;
  }
}

function textOf(config: string | Uint8Array): string {
  const text = typeof config === "string" ? config : Buffer.from(config).toString("utf8");
  if (typeof config !== "string" && !Buffer.from(text).equals(config))
    throw new MeshwasmError("CONFIG_INVALID", "the configuration is no UTF-8 text");
  return text;
}

function size(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
