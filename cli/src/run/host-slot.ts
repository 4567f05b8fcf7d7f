import { Host, type HostOptions } from "@meshwasm/sdk/host";
import type { FilterLogLine } from "../envoy/log-line.js";
import type { RecordedFilter } from "../record/recorded.js";
import type { EngineOptions } from "./engine.js";
import { HostClusters } from "./host-clusters.js";

/** How often time passes for the hosts and their ticks, in milliseconds. */
const tickMs = 10;

interface Entry {
  host: Host;
  content: RecordedFilter;
  /** Up to when its virtual clock has run, in milliseconds of `performance.now()`. */
  clock: number;
  pumps: Set<() => void>;
}

/** One stream's or connection's hold on the host that serves it. */
export interface Lease {
  readonly host: Host;
  /** What that host runs. */
  readonly content: RecordedFilter;
  /** Runs something in the host at the present time, then lets every stream of that host carry on what came of it. */
  run(event: () => void): void;
  /** Says that the stream is over. */
  release(): void;
}

/**
 * The in-process host that serves new streams, and the older ones that still have some: a change of the filter puts a new
 * host in place, and each stream stays with its own. Real time drives the hosts' virtual clocks.
 */
export class HostSlot {
  readonly #options: Omit<HostOptions, "pluginConfig">;
  readonly #onLog: (line: FilterLogLine) => void;
  readonly #entries = new Set<Entry>();
  readonly #timer: NodeJS.Timeout;
  /** What becomes of the filter's own calls. */
  readonly clusters: HostClusters;
  #content: RecordedFilter;
  #current: Entry;

  /** @throws MeshwasmError of the host when it cannot load, start or configure the filter */
  constructor(options: EngineOptions) {
    const { rootId, pluginName, logLevel, onLog } = options;
    this.#onLog = onLog;
    this.clusters = new HostClusters(options.clusters);
    this.#options = {
      rootId,
      pluginName,
      // As the other engine tells Envoy.
      failurePolicy: "FailReload",
      transcript: false,
      keep: 100,
      logLevel,
      onLog: ({ level, message }) => onLog({ level, message }),
    };
    this.#content = { wasm: options.wasm, config: options.config };
    this.#current = this.#create();
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  /** Puts another module or configuration in place for new streams. @throws as the constructor; nothing changes then */
  update(content: RecordedFilter): void {
    const before = this.#content;
    this.#content = content;
    try {
      this.#replace(this.#create());
    } catch (error) {
      this.#content = before;
      throw error;
    }
  }

  /** @param pump called whenever something may have come out of the host for this stream */
  lease(pump: () => void): Lease {
    const entry = this.#current;
    entry.pumps.add(pump);
    return {
      host: entry.host,
      content: entry.content,
      run: (event) => this.#run(entry, event),
      release: () => {
        entry.pumps.delete(pump);
        this.#retire(entry);
      },
    };
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { host } of this.#entries) this.#guard(() => host.close());
    this.#entries.clear();
  }

  #create(): Entry {
    const content = this.#content;
    let entry: Entry | undefined;
    const clusters = this.clusters.forHost((event) => {
      // A call that was made while the host started waits for its turn anyway.
      if (entry) this.#run(entry, event);
    });
    const options = { ...this.#options, clusters, pluginConfig: content.config };
    const host = new Host(content.wasm, options).start();
    entry = { host, content, clock: performance.now(), pumps: new Set<() => void>() };
    this.#entries.add(entry);
    return entry;
  }

  #replace(next: Entry): void {
    const old = this.#current;
    this.#current = next;
    this.#retire(old);
  }

  #retire(entry: Entry): void {
    if (entry === this.#current || entry.pumps.size > 0 || !this.#entries.delete(entry)) return;
    this.#guard(() => entry.host.close());
  }

  #tick(): void {
    for (const entry of this.#entries) this.#run(entry, () => {});
  }

  #run(entry: Entry, event: () => void): void {
    const now = performance.now();
    this.#guard(() => entry.host.advance(now - entry.clock));
    entry.clock = now;
    this.#guard(event);
    for (const pump of [...entry.pumps]) this.#guard(pump);
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#onLog({ level: "critical", message: (error as Error).message });
    }
  }
}
