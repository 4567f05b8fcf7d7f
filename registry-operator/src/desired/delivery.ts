import type { Finding } from "./conditions.js";
import type { FilterView, Resolved } from "./filter-view.js";

/** How a module gets into the sidecar: in the node's store, or in a volume that is the image. */
export type DeliveryMode = "HostPath" | "ImageVolume";

/** How the modules of a FilterDeployment get into the sidecars. */
export interface Delivery {
  mode: DeliveryMode;
  /** Why so, for the status. */
  reason: string;
  /** Why it cannot be done: what is in force stays. Undefined: it can. */
  refusal: Finding | undefined;
}

/** What is looked at of a FilterDeployment. */
type DeliveryView = Pick<FilterView, "spec" | "status" | "meshWide" | "mayRestart" | "direction">;

/** What the choice depends on beside the FilterDeployment itself. */
export interface DeliveryFacts {
  /** The namespace's Pod Security level, when it forbids volumes of type hostPath. */
  forbiddenBy: string | undefined;
  /** The API server's minor version, of Kubernetes 1; undefined: not known yet. */
  kubernetes: number | undefined;
}

/** https://kubernetes.io/docs/concepts/storage/volumes/#image: there since 1.31, without a feature gate since 1.35. */
const knownSince = 31;
const onSince = 35;

/**
 * Chooses how. One way for all pods of a FilterDeployment, since its content names one file; so one for the whole mesh has
 * the store, whatever a single namespace forbids, and a namespace of that kind can have a FilterDeployment of its own.
 */
export function deliveryOf(view: DeliveryView, { forbiddenBy, kubernetes }: DeliveryFacts): Delivery {
  const asked = view.spec.delivery?.mode ?? "Auto";
  const forbids = view.meshWide ? undefined : forbiddenBy;
  const hostPathForbidden = `the namespace's Pod Security level '${forbids}' forbids volumes of type hostPath`;
  if (asked === "HostPath") {
    const reason = "it is asked for";
    if (forbids === undefined) return { mode: "HostPath", reason, refusal: undefined };
    const hint = "delivery.mode Auto or ImageVolume needs none";
    return { mode: "HostPath", reason, refusal: refused("PodSecurityForbids", hostPathForbidden, hint) };
  }
  if (asked === "ImageVolume") {
    const lacks = kubernetes !== undefined && kubernetes < knownSince;
    const message = `the API server, of Kubernetes 1.${kubernetes}, knows no image volumes`;
    const hint = `they are there since 1.${knownSince}; delivery.mode HostPath needs none`;
    const refusal = lacks ? refused("ImageVolumeUnsupported", message, hint) : refusalOfSteps(view);
    return { mode: "ImageVolume", reason: "it is asked for", refusal };
  }
  if (forbids === undefined) {
    return { mode: "HostPath", reason: "it needs no restart for an upgrade", refusal: undefined };
  }
  // For a moment nothing may be known of the API server: that must not roll workloads back and forth.
  const isOn =
    kubernetes === undefined ? view.status.delivery?.mode === "ImageVolume" : kubernetes >= onSince;
  if (isOn) return { mode: "ImageVolume", reason: hostPathForbidden, refusal: refusalOfSteps(view) };
  const message = `${hostPathForbidden}, and ${
    kubernetes === undefined
      ? "whether the API server has image volumes is not known yet"
      : `image volumes are not on by default in Kubernetes 1.${kubernetes}`
  }`;
  const hint = "where they are, delivery.mode ImageVolume uses them";
  return {
    mode: "HostPath",
    reason: "there is no other way",
    refusal: refused("PodSecurityForbids", message, hint),
  };
}

/** Why an image cannot be delivered so; undefined: it can, or nothing is known of it. */
export function refusalOfImage(
  { mode }: Pick<Delivery, "mode">,
  resolved: Resolved | undefined,
): Finding | undefined {
  if (mode !== "ImageVolume" || !resolved || resolved.imageVolume !== false) return undefined;
  const message = `no kubelet can mount ${resolved.image} as a volume with plugin.wasm in it`;
  return refused("ImageVolumeUnsupported", message, "publish it with 'meshwasm push --format compat'");
}

/** A revision comes with a pod's restart there, which only a workload as a whole can be given. */
function refusalOfSteps({ spec, mayRestart, direction }: DeliveryView): Finding | undefined {
  const steps = spec.rollout?.steps ?? [];
  if (steps.length === 0) return undefined;
  const hint = "take rollout.steps out";
  if (steps.some(({ share }) => share !== undefined)) {
    const message = "with image volumes a revision comes with a pod's restart, not to a share of the pods";
    return refused("RolloutUnsupported", message, `name workloads in rollout.steps, or ${hint}`);
  }
  if (mayRestart && direction !== "Gateway") return undefined;
  const message = "with image volumes steps go by pod templates, which are left alone here";
  return refused("RolloutUnsupported", message, hint);
}

function refused(reason: string, message: string, hint: string): Finding {
  return { status: "False", reason, message: `${message}: ${hint}` };
}
