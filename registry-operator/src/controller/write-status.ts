import type { FilterDeployment } from "../api/filter-deployment.js";
import { resources } from "../api/names.js";
import { canonicalJson } from "../desired/canonical-json.js";
import type { Condition } from "../desired/conditions.js";
import { isKubeError } from "../kube/index.js";
import type { Services } from "./services.js";

type Status = NonNullable<FilterDeployment["status"]>;

/** Writes the status when it says something else than before, and an event when Ready has another reason. */
export async function writeStatus(
  filter: FilterDeployment,
  status: Status,
  services: Services,
): Promise<void> {
  if (canonicalJson(status) === canonicalJson(filter.status)) return;
  const { namespace, name } = filter.metadata;
  // Server-side apply: there is no version to conflict with, and what is no longer named goes.
  const object = { metadata: { ...(namespace ? { namespace } : {}), name }, status };
  try {
    const written = await services.client.apply<FilterDeployment>(resources.filterDeployments, object, {
      subresource: "status",
    });
    services.world.filters.put(written);
  } catch (error) {
    if (isKubeError(error, 404)) return;
    throw error;
  }
  const [now, before] = [readyOf(status), readyOf(filter.status)];
  if (!now || (now.status === before?.status && now.reason === before?.reason)) return;
  const type = now.status === "False" && failures.has(now.reason) ? "Warning" : "Normal";
  await services.events.record(resources.filterDeployments, filter, {
    type,
    reason: now.reason,
    message: now.message,
  });
}

/** Steps on the way are no reason to warn. */
const onTheWay = [
  "Resolving",
  "NodesMissing",
  "MountPending",
  "RollingOut",
  "SlotPending",
  "PodsWaiting",
  "NotLoaded",
  "RolloutProgressing",
  "RolloutPaused",
  "NoPods",
  "Superseded",
  "Paused",
];
const failures = { has: (reason: string) => !onTheWay.includes(reason) };

function readyOf(status: Status | undefined): Condition | undefined {
  return (status?.conditions as Condition[] | undefined)?.find(({ type }) => type === "Ready");
}
