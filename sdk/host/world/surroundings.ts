import type { Callout } from "../callouts/callout.js";
import type { Clusters } from "../callouts/clusters.js";
import type { Context } from "../contexts/context.js";
import type { RootContext } from "../contexts/root.js";
import type { MeshwasmError } from "../errors.js";
import type { ForeignFunctions } from "../foreign/envoy-functions.js";
import type { PropertyValue } from "../properties/value.js";
import type { VirtualClock } from "./clock.js";
import type { LogBook } from "./logs.js";
import type { MetricStore } from "./metrics.js";
import type { SharedData } from "./shared-data.js";
import type { SharedQueues } from "./shared-queues.js";

/** What surrounds a VM: everything a hostcall can reach that is neither the guest nor a stream. */
export interface Surroundings {
  readonly vmId: string;
  readonly vmConfig: Buffer;
  readonly environment: ReadonlyMap<string, string>;
  readonly clock: VirtualClock;
  readonly logs: LogBook;
  readonly metrics: MetricStore;
  readonly sharedData: SharedData;
  readonly queues: SharedQueues;
  readonly clusters: Clusters;
  readonly foreignFunctions: ForeignFunctions;
  /** Addresses by name. */
  readonly dns: ReadonlyMap<string, readonly string[]>;
  /** Whether `Pause` from a headers callback holds back the headers alone. */
  readonly headersStopAlone: boolean;
  /** Properties that the test gave, by path with `.` between its parts. */
  readonly properties: ReadonlyMap<string, PropertyValue>;
  /** The hostcalls and callbacks that the plugin may use; empty: all of them. */
  readonly capabilities: ReadonlySet<string>;
  /** True when callbacks and hostcalls are noted. */
  readonly transcript: boolean;
  /** Context 0, for which start-up and allocation run. */
  vmContext: Context | undefined;
  /** Runs `task` once the present call from outside has done its work, as Envoy's event loop would. */
  post(task: () => void): void;
  /** The same for what comes over the network: after everything that is here already. */
  postLast(task: () => void): void;
  /** Ends a call from outside: runs what was posted. */
  settle(): void;
  /** Makes the present call from outside end with this error. */
  raise(error: MeshwasmError): void;
  /** Sets (0: clears) the tick period of a root context, in milliseconds. */
  setTickPeriod(rootId: number, period: number): void;
  /** `proxy_done` for that root: an ABI status. */
  finish(rootId: number): number;
  /** A stream or connection of that root is over. */
  streamEnded(root: RootContext): void;
  /** A callout was made. */
  noteCallout(callout: Callout): void;
  /** `proxy_on_queue_ready` for a context of the VM that lives by then. */
  queueReady(contextId: number, token: number): void;
}
