import type { MeshwasmError } from "../errors.js";
import { type BytesInput, fromByteString, toByteString } from "../headers/bytes.js";
import { VirtualClock } from "./clock.js";
import { MetricRegistry } from "./metrics.js";
import { SharedData } from "./shared-data.js";
import { SharedQueues } from "./shared-queues.js";

/** How a {@link World} is set up. */
export interface WorldOptions {
  /** As {@link HostOptions.now}. */
  now?: number | Date;
}

/**
 * What one Envoy process holds for all its VMs: shared data and queues by `vmId`, metrics, and the time.
 * Hosts that are given the same world are VMs or workers of one process; a host without one has its own.
 */
export class World {
  /** @internal */
  readonly clock: VirtualClock;
  /** @internal */
  readonly sharedData = new SharedData();
  /** @internal */
  readonly queues = new SharedQueues();
  /** @internal */
  readonly metrics = new MetricRegistry();
  private readonly vms = new Map<string, number>();
  private readonly tasks: (() => void)[] = [];
  private readonly lastTasks: (() => void)[] = [];
  private raised: MeshwasmError | undefined;

  constructor({ now = Date.now() }: WorldOptions = {}) {
    this.clock = new VirtualClock(typeof now === "number" ? now : now.getTime());
  }

  /** Lets `ms` milliseconds pass for every host of this world. */
  advance(ms: number): this {
    this.clock.advance(ms, () => this.settle());
    return this;
  }

  /** The shared data of a `vmId`: values decoded as UTF-8, by key. Empty when there is none. */
  sharedDataOf(vmId = ""): Map<string, string> {
    return new Map(
      this.sharedData.entries(vmId).map(([key, value]) => [fromByteString(key), fromByteString(value)]),
    );
  }

  /** What waits in a shared queue, oldest first, decoded as UTF-8; undefined when no VM registered it. */
  queue(name: string, vmId = ""): string[] | undefined {
    return this.queues.items(vmId, toByteString(name))?.map(fromByteString);
  }

  /** Puts something into a shared queue, as another VM would: false when no VM registered it. */
  enqueue(name: string, value: BytesInput, vmId = ""): boolean {
    const token = this.queues.resolve(vmId, toByteString(name));
    if (token === 0) return false;
    this.queues.enqueue(token, toByteString(value));
    this.settle();
    return true;
  }

  /** @internal A VM of that id begins. */
  join(vmId: string): void {
    this.vms.set(vmId, (this.vms.get(vmId) ?? 0) + 1);
  }

  /** @internal A VM of that id ends; the last one takes the shared data and queues with it. */
  leave(vmId: string): void {
    const left = (this.vms.get(vmId) ?? 1) - 1;
    this.vms.set(vmId, left);
    if (left > 0) return;
    this.sharedData.forget(vmId);
    this.queues.forget(vmId);
  }

  /** @internal Runs `task` once the present call from outside has done its work. */
  post(task: () => void): void {
    this.tasks.push(task);
  }

  /** @internal As {@link World.post}, after everything else: what comes over the network comes after what is here. */
  postLast(task: () => void): void {
    this.lastTasks.push(task);
  }

  /** @internal */
  runTasks(): void {
    for (;;) {
      const task = this.tasks.shift() ?? this.lastTasks.shift();
      if (task === undefined) return;
      task();
    }
  }

  /** @internal */
  raise(error: MeshwasmError): void {
    this.raised ??= error;
  }

  /** @internal Ends a call from outside: runs what was posted, and throws what a hostcall raised. */
  settle(): void {
    this.runTasks();
    const error = this.raised;
    this.raised = undefined;
    if (error !== undefined) throw error;
  }
}
