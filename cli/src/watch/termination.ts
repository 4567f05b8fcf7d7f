/** The signals that ask a command to end. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A wish to end, as a signal for whoever is at work. */
export interface Termination {
  readonly signal: AbortSignal;
  /** Gives the process's signals back their usual effect. */
  dispose(): void;
}

/** Turns the first Ctrl-C, SIGTERM or SIGHUP into an abort; the second ends the process at once with code 130. */
export function onTermination(): Termination {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const name of signals) process.on(name, listener);
  return {
    signal: controller.signal,
    dispose() {
      for (const name of signals) process.off(name, listener);
    },
  };
}
