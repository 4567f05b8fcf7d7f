import type { FilterDeployment } from "../api/filter-deployment.js";
import { resources } from "../api/names.js";
import { canonicalJson } from "../desired/canonical-json.js";
import type { Condition } from "../desired/conditions.js";
import { isKubeError } from "../kube/index.js";
import type { Services } from "./services.js";
import { WriteBudget } from "./write-budget.js";

type Status = NonNullable<FilterDeployment["status"]>;

/** Steps that pass within seconds when all goes well, and what Ready says meanwhile. */
const passing = ["Resolving", "NodesMissing", "MountPending", "SlotPending", "PodsWaiting", "NotLoaded"];
/** Steps that may take long, as somebody or something else decides. No reason to warn. */
const lasting = ["RollingOut", "RolloutProgressing", "RolloutPaused", "NoPods", "Superseded", "Paused"];
/** Passing steps of all FilterDeployments that are written: so many at once, then so many a second. */
const passingAtOnce = 50;
const passingASecond = 10;
/** When what was not written is looked at again. */
const laterMillis = 5_000;
/** A passing step that takes longer is worth an event. */
const stuckMillis = 60_000;

/** What Ready says now: its reason, and since when. */
interface Said {
  reason: string;
  since: number;
  /** An event tells of it. */
  told: boolean;
}

/**
 * Writes what the statuses say. What somebody goes by, and each outcome, at once; steps on the way as far as the budget goes,
 * so that of a thousand filters that are enabled together the API server does not get ten statuses each.
 */
export class StatusWriter {
  readonly #budget: WriteBudget;
  readonly #now: () => number;
  readonly #said = new Map<string, Said>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#budget = new WriteBudget(passingAtOnce, passingASecond, now);
  }

  /**
   * Writes a status when it says something else than before, and an event when Ready has another reason.
   *
   * @param key `NAMESPACE/NAME`
   * @returns milliseconds until it shall be looked at again on this account; undefined: it need not
   */
  async write(
    key: string,
    filter: FilterDeployment,
    status: Status,
    services: Pick<Services, "client" | "world" | "events">,
  ): Promise<number | undefined> {
    const isSame = canonicalJson(status) === canonicalJson(filter.status);
    const isLate = !isSame && mayWait(filter.status, status) && !this.#budget.take();
    if (!isSame && !isLate && !(await this.#put(filter, status, services))) return undefined;
    const untilStuck = await this.#tell(key, filter, status, services);
    const waits = [isLate ? laterMillis : undefined, untilStuck].filter((wait) => wait !== undefined);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }

  /** The FilterDeployment is gone. */
  forget(key: string): void {
    this.#said.delete(key);
  }

  /** @returns false: the FilterDeployment is gone */
  async #put(
    filter: FilterDeployment,
    status: Status,
    { client, world }: Pick<Services, "client" | "world">,
  ): Promise<boolean> {
    const { namespace, name } = filter.metadata;
    // Server-side apply: there is no version to conflict with, and what is no longer named goes.
    const object = { metadata: { ...(namespace ? { namespace } : {}), name }, status };
    try {
      const written = await client.apply<FilterDeployment>(resources.filterDeployments, object, {
        subresource: "status",
      });
      world.filters.put(written);
      return true;
    } catch (error) {
      if (isKubeError(error, 404)) return false;
      throw error;
    }
  }

  /** @returns milliseconds until there is something to tell */
  async #tell(
    key: string,
    filter: FilterDeployment,
    status: Status,
    { events }: Pick<Services, "events">,
  ): Promise<number | undefined> {
    const ready = readyOf(status);
    if (!ready) return undefined;
    const { reason, message } = ready;
    const said = this.#said.get(key) ?? saidBefore(filter, this.#now());
    const now = said?.reason === reason ? said : { reason, since: this.#now(), told: false };
    this.#said.set(key, now);
    if (now.told) return undefined;
    const wait = passing.includes(reason) ? now.since + stuckMillis - this.#now() : 0;
    if (wait > 0) return wait;
    now.told = true;
    const type = ready.status === "False" && !lasting.includes(reason) ? "Warning" : "Normal";
    await events.record(resources.filterDeployments, filter, { type, reason, message });
    return undefined;
  }
}

/** Whether a status tells of a step that passes, and of nothing that somebody goes by. */
function mayWait(before: Status | undefined, status: Status): boolean {
  const reason = readyOf(status)?.reason ?? "";
  // That something is not ready any more is an outcome too.
  if (!passing.includes(reason) || readyOf(before)?.status === "True") return false;
  return canonicalJson(goneBy(status)) === canonicalJson(goneBy(before));
}

/** What the status says that others go by, or this operator after a start. */
function goneBy(status: Status | undefined): unknown {
  if (status?.revision === undefined) return undefined;
  const { revision, lastGood, resolved, rollout, delivery } = status;
  return { revision, lastGood, resolved, rollout, delivery };
}

/** What an operator before this one has said. */
function saidBefore({ status }: FilterDeployment, since: number): Said | undefined {
  const reason = readyOf(status)?.reason;
  return reason === undefined ? undefined : { reason, since, told: !passing.includes(reason) };
}

function readyOf(status: Status | undefined): Condition | undefined {
  return (status?.conditions as Condition[] | undefined)?.find(({ type }) => type === "Ready");
}
