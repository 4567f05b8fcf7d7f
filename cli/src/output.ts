import { createColors } from "picocolors";

export interface OutputOptions {
  /** One JSON document on stdout, nothing else there. */
  json?: boolean;
  /** Nothing on stderr but warnings and errors. */
  quiet?: boolean;
  /** More on stderr. */
  verbose?: boolean;
  /** Stacks of errors on stderr. */
  debug?: boolean;
  /** False: no colours. Absent: colours on a terminal, unless `NO_COLOR` is set. */
  color?: boolean;
}

/** Where a command's words go: its result to stdout, everything about the way there to stderr. */
export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verboseOn: boolean;
  readonly debug: boolean;
  /** Colours for stderr. */
  readonly paint: ReturnType<typeof createColors>;

  constructor(options: OutputOptions = {}) {
    this.json = options.json ?? false;
    this.quiet = options.quiet ?? false;
    this.verboseOn = (options.verbose ?? false) && !this.quiet;
    this.debug = options.debug ?? false;
    const color = (options.color ?? true) && !process.env.NO_COLOR && process.stderr.isTTY === true;
    this.paint = createColors(color);
  }

  /** The command's result: the document with `--json`, else the text; called once per command. */
  result(document: unknown, text: string): void {
    process.stdout.write(this.json ? `${JSON.stringify(document, null, 2)}\n` : text && `${text}\n`);
  }

  /** A line of progress, on stderr; silent with `--quiet`. */
  info(line: string): void {
    if (!this.quiet) process.stderr.write(`${line}\n`);
  }

  /** A line for the curious, on stderr; only with `--verbose`. */
  verbose(line: string): void {
    if (this.verboseOn) process.stderr.write(`${this.paint.dim(line)}\n`);
  }

  /** Something that the person should know although the command goes on. */
  warn(line: string): void {
    process.stderr.write(`${this.paint.yellow("warning:")} ${line}\n`);
  }
}
