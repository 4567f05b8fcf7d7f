import { Part } from "../parts/part.js";

/** A program of ours that is started again when it ends by itself, as its kubelet would: an operator ends that lost its lease. */
export interface Supervised {
  /** False: killed, and not started again. */
  isWanted(): boolean;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. It may not be ready when this returns. */
  start(): Promise<void>;
  /** Ends it for good. */
  end(): Promise<void>;
}

/** What is started. */
export interface ProgramOptions {
  /** For messages. */
  name: string;
  /** See `bundledOperator`. */
  program: string;
  /** After the program's name. */
  args: readonly string[];
  /** Added to our own environment. */
  env?: Record<string, string> | undefined;
  /** Where its output goes. */
  log: string;
}

/** Starts the operator's program, as operator or as agent, and waits until `ready` says so. */
export async function startSupervised(
  { program, args, env = {}, ...options }: ProgramOptions,
  ready: () => Promise<boolean>,
): Promise<Supervised> {
  const node = { command: process.execPath, args: [program, ...args] };
  return supervise(await Part.start({ ...options, ...node, env }, ready));
}

function supervise(part: Part): Supervised {
  let isWanted = true;
  let isStarting = false;
  const start = async () => {
    isWanted = true;
    isStarting = true;
    await part
      .restart(async () => true)
      .finally(() => {
        isStarting = false;
      });
  };
  const kill = async () => {
    isWanted = false;
    await part.stop("SIGKILL");
  };
  const timer = setInterval(() => {
    if (isWanted && !isStarting && !part.running) start().catch(() => {});
  }, 500);
  return {
    ...{ kill, start },
    isWanted: () => isWanted,
    end: async () => {
      clearInterval(timer);
      await kill();
    },
  };
}
