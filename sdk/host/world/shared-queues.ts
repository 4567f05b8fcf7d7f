import { WasmResult } from "../status.js";

/** Tells a VM that something is in a queue; called while another VM may be running. */
export type QueueListener = (token: number) => void;

interface Queue {
  readonly vmId: string;
  readonly name: string;
  readonly items: string[];
  listener: QueueListener;
}

/**
 * First-in-first-out queues between VMs, named by `vmId` and name. Follows `SharedQueue` of
 * proxy-wasm-cpp-host: tokens start at 1 and are never given twice, and the last who registers a name is told.
 */
export class SharedQueues {
  private readonly queues = new Map<number, Queue>();
  private lastToken = 0;

  private find(vmId: string, name: string): number {
    for (const [token, queue] of this.queues) if (queue.vmId === vmId && queue.name === name) return token;
    return 0;
  }

  /** Makes the queue, or takes an existing one over with what is in it; gives its token. */
  register(vmId: string, name: string, listener: QueueListener): number {
    const known = this.find(vmId, name);
    if (known !== 0) {
      this.queues.get(known)!.listener = listener;
      return known;
    }
    const token = ++this.lastToken;
    this.queues.set(token, { vmId, name, items: [], listener });
    return token;
  }

  /** The token; 0 when nobody registered that name. */
  resolve(vmId: string, name: string): number {
    return this.find(vmId, name);
  }

  /** Adds a byte string and has its listener told; an ABI status. */
  enqueue(token: number, value: string): number {
    const queue = this.queues.get(token);
    if (queue === undefined) return WasmResult.NotFound;
    queue.items.push(value);
    queue.listener(token);
    return WasmResult.Ok;
  }

  /** The oldest byte string, or the ABI status that says why there is none. */
  dequeue(token: number): string | number {
    const queue = this.queues.get(token);
    if (queue === undefined) return WasmResult.NotFound;
    return queue.items.shift() ?? WasmResult.Empty;
  }

  /** What is in a queue, oldest first; undefined when nobody registered it. */
  items(vmId: string, name: string): readonly string[] | undefined {
    return this.queues.get(this.find(vmId, name))?.items;
  }

  /** The queues of that VM in which something waits. */
  waiting(vmId: string): { name: string; items: number }[] {
    return [...this.queues.values()]
      .filter((queue) => queue.vmId === vmId && queue.items.length > 0)
      .map(({ name, items }) => ({ name, items: items.length }));
  }

  /** The last VM of that id is gone. */
  forget(vmId: string): void {
    for (const [token, queue] of this.queues) if (queue.vmId === vmId) this.queues.delete(token);
  }
}
