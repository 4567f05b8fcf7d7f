import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** How a part is started. */
export interface PartOptions {
  /** For messages. */
  name: string;
  command: string;
  args: readonly string[];
  /** Added to our own environment. */
  env?: Record<string, string>;
  /** Where its output goes; appended to, so that a restart keeps what was there. */
  log: string;
}

/** A process that a test started. It dies with the test's process, however that ends. */
export class Part {
  private child: ChildProcess;

  private constructor(readonly options: PartOptions) {
    this.child = spawnPart(options);
  }

  /** Starts it and waits until `ready` says so, up to a minute; an error, with the end of its log, when it does not. */
  static async start(options: PartOptions, ready: () => Promise<boolean>): Promise<Part> {
    const part = new Part(options);
    await part.waitUntil(ready);
    return part;
  }

  /** Whether the process lives. */
  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined;
  }

  /** The process id; 0: it could not be started. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends it, by default kindly, and waits; after 10 s by force. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (!this.running) return;
    const closed = once(this.child, "exit");
    this.child.kill(signal);
    const force = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await closed;
    clearTimeout(force);
  }

  /** Starts it again, as it was started, after `stop` or its own end. */
  async restart(ready: () => Promise<boolean>): Promise<void> {
    await this.stop();
    this.child = spawnPart(this.options);
    await this.waitUntil(ready);
  }

  /** The last lines of its log. */
  async logTail(lines = 30): Promise<string> {
    const text = await readFile(this.options.log, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-lines).join("\n");
  }

  private async waitUntil(ready: () => Promise<boolean>): Promise<void> {
    const { name, log } = this.options;
    for (const end = Date.now() + 60_000; Date.now() < end && this.running; await sleep(50))
      if (await ready().catch(() => false)) return;
    const why = this.running ? "is not ready after 60 s" : `ended with ${this.child.exitCode}`;
    await this.stop("SIGKILL");
    throw new Error(`${name} ${why}; the end of ${log}:\n${await this.logTail()}`);
  }
}

function spawnPart({ command, args, env, log }: PartOptions): ChildProcess {
  const output = openSync(log, "a");
  try {
    // The kernel ends it when our process is gone, even by SIGKILL; nothing of ours could.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", command, ...args], {
      stdio: ["ignore", output, output],
      env: { ...process.env, ...env },
    });
    child.on("error", () => {});
    return child;
  } finally {
    closeSync(output);
  }
}
