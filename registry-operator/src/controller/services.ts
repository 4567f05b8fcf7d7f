import type { Logger } from "pino";
import type { EventRecorder, KubeClient } from "../kube/index.js";
import type { LoadedTracker, StatsReader } from "../loaded/index.js";
import type { Observer } from "./observer.js";
import type { Store } from "./resolve.js";
import type { Tasks } from "./tasks.js";
import type { WantedModules } from "./wanted-modules.js";
import type { World } from "./world.js";

/** What reconciling works with. */
export interface Services {
  client: KubeClient;
  world: World;
  store: Store;
  wanted: WantedModules;
  loaded: LoadedTracker;
  stats: Pick<StatsReader, "read" | "requests">;
  events: EventRecorder;
  tasks: Tasks;
  /** Reconciles a FilterDeployment soon. */
  again: (key: string) => void;
  observe: Observer;
  /** Whether pods that come get the mount where it does not come with their template. */
  mountsPods: () => boolean;
  /** The API server's minor version; undefined: not known yet. */
  kubernetes: () => number | undefined;
  log: Logger;
}
