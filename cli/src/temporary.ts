import { rmSync } from "node:fs";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const undos = new Set<() => void>();
let installed: NodeJS.Signals[] = [];

/**
 * Calls `undo`, which must be synchronous, should a signal end the process before the returned function is called;
 * then the signal ends it as it would have. Where somebody else answers a signal already, as a watch does, this leaves
 * the end of the process, and with it the undoing, to them.
 *
 * @returns takes the undo back
 */
export function undoOnSignal(undo: () => void): () => void {
  if (undos.size === 0) {
    installed = signals.filter((signal) => process.listenerCount(signal) === 0);
    for (const signal of installed) process.on(signal, endBy);
  }
  undos.add(undo);
  return () => {
    undos.delete(undo);
    if (undos.size === 0) uninstall();
  };
}

/** Removes a file or folder that is still being made, should a signal end the process; see {@link undoOnSignal}. */
export function removeOnSignal(path: string): () => void {
  // Retried: a child that is just being killed may still write into it.
  return undoOnSignal(() => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }));
}

function endBy(signal: NodeJS.Signals): void {
  uninstall();
  // The last first: a child is started after the folder that it writes into is made.
  for (const undo of [...undos].reverse()) {
    try {
      undo();
    } catch {
      // The process is ending: the others still have their turn.
    }
  }
  process.kill(process.pid, signal);
}

function uninstall(): void {
  for (const signal of installed) process.off(signal, endBy);
  installed = [];
}
