import { createHash } from "node:crypto";
import { canonicalJson } from "../desired/canonical-json.js";
import type { Finding } from "../desired/conditions.js";
import { checkConfig } from "../desired/config-check.js";
import type { DeliveryMode } from "../desired/delivery.js";
import { contentOf, type FilterView, type Resolved } from "../desired/filter-view.js";
import { pullRound } from "../desired/pull-round.js";
import { type Content, revisionOf } from "../desired/revision.js";
import { durationMillis } from "../desired/rollout-steps.js";
import { checkCallbacks, type ModuleRules, type ModuleStore, type ResolvedModule } from "../modules/index.js";
import { failureFindings, isPassing } from "./resolve-failure.js";
import type { Task } from "./tasks.js";

/** What an image came to. */
export interface Resolution {
  /** What the status keeps; undefined: it was never resolved. */
  resolved: Resolved | undefined;
  /** The content that the spec asks for; undefined: it cannot be had, and what is in force stays. */
  content: Content | undefined;
  /** What pods shall run: the content's revision, or the one in force. */
  revision: string | undefined;
  Resolved: Finding;
  Verified: Finding;
  /** Milliseconds until the tag is to be resolved again; absent: never. */
  after?: number | undefined;
}

/** Only what is used of the store. */
export type Store = Pick<ModuleStore, "resolve" | "has" | "collect">;

/** How a store is asked; tests and reconciling share it. */
export interface ResolveServices {
  store: Store;
  rules: readonly ModuleRules[];
  /** How the module gets into the sidecars, which is a part of the content. */
  mode: DeliveryMode;
  /** The texts of the resource's pull secrets. @throws MeshwasmError PullSecretInvalid */
  dockerConfigs: (signal: AbortSignal) => Promise<string[]>;
  /** Milliseconds since 1970. */
  now: number;
  /** When this process began: what was due before, another one did. Milliseconds since 1970. */
  since: number;
  /** Work in the background: one at a time for each name, its outcome kept as long as the input is the same. */
  run: <T>(
    name: string,
    input: string,
    work: (signal: AbortSignal) => Promise<T>,
    retry: (error: unknown) => number,
  ) => Task<T>;
}

const retrySoonMillis = 10_000;
const retryLateMillis = 5 * 60_000;

/**
 * Resolves a FilterDeployment's image: once per generation and policy, as the status says, so that a restart of the
 * operator asks no registry. It never waits: a registry may be slow, and pods that come meanwhile need their label. A
 * failure leaves in force what is.
 */
export function resolveFilter(view: FilterView, services: ResolveServices): Resolution {
  const { resolved } = view.status;
  const { image, imagePullPolicy = "IfNotPresent" } = view.spec.filter;
  const { rules, mode, run } = services;
  const rulesHash = hashOf(rules);
  if (view.paused) return inForce(view);
  const isKnown = resolved?.image === image && resolved.generation === view.generation;
  if (isKnown && resolved.rules === rulesHash && saysEnough(resolved, mode)) {
    refill(resolved, services);
    return followTag(view, resolved, services);
  }
  const task = run(
    `resolve ${view.key}`,
    canonicalJson([view.uid, view.generation, rulesHash]),
    (signal) => {
      // A policy that changed is no reason to follow a tag that moved.
      const pinned = isKnown ? atDigest(image, resolved.manifestDigest) : image;
      return lookUp(view, services, pinned, imagePullPolicy, signal);
    },
    retryMillis,
  );
  if (task.state === "running") return { ...inForce(view), ...resolving };
  if (task.state === "failed") return { ...inForce(view), ...failureFindings(task.error) };
  return inForceAs(view, task.result, mode);
}

/** What an earlier version resolved says nothing of image volumes. */
function saysEnough({ imageVolume }: Resolved, mode: DeliveryMode): boolean {
  return mode === "HostPath" || imageVolume !== undefined;
}

/**
 * Resolves the tag again where the spec has an interval for it. What is in force stays until it is known to be something
 * else, and to be right.
 */
function followTag(view: FilterView, resolved: Resolved, services: ResolveServices): Resolution {
  const { mode, run, now, since } = services;
  const inForce = inForceAs(view, resolved, mode);
  const { image, imagePullInterval } = view.spec.filter;
  const interval = durationMillis(imagePullInterval ?? "");
  if (interval === 0 || image.includes("@")) return inForce;
  const { began, after } = pullRound(view.uid, interval, now);
  if (began <= since) return { ...inForce, after };
  const task = run(
    `follow ${view.key}`,
    canonicalJson([view.uid, view.generation, resolved.rules, began]),
    (signal) => lookUp(view, services, image, "Always", signal),
    // What runs does run: the next round is soon enough.
    () => after + retrySoonMillis,
  );
  if (task.state === "running") return { ...inForce, after };
  if (task.state === "done") return { ...inForceAs(view, task.result, mode), after };
  const failed = failureFindings(task.error);
  if (failed.Verified.status === "False" || !isPassing(task.error)) return { ...inForce, ...failed, after };
  const message = `${inForce.Resolved.message}; it could not be asked for again: ${failed.Resolved.message}`;
  return { ...inForce, Resolved: { ...inForce.Resolved, message }, after };
}

function retryMillis(error: unknown): number {
  return isPassing(error) ? retrySoonMillis : retryLateMillis;
}

/** The store is a cache: what it lost is fetched again by digest, never by a tag that may have moved. */
function refill(resolved: Resolved, services: ResolveServices): void {
  const { moduleDigest, manifestDigest, image } = resolved;
  services.run(
    `refill ${moduleDigest}`,
    moduleDigest,
    async (signal) => {
      if (await services.store.has(moduleDigest)) return;
      await ask(services, atDigest(image, manifestDigest), "IfNotPresent", signal);
    },
    () => retrySoonMillis,
  );
}

function atDigest(image: string, manifestDigest: string): string {
  return `${image.replace(/@.*$/, "")}@${manifestDigest}`;
}

/** Asks for an image, and whether it fits the spec. @param image at a digest, or as the spec has it */
async function lookUp(
  view: FilterView,
  services: ResolveServices,
  image: string,
  policy: "Always" | "IfNotPresent",
  signal: AbortSignal,
): Promise<Resolved> {
  const { filter } = view.spec;
  const module = { ...(await ask(services, image, policy, signal)), image: filter.image };
  checkConfig(module.configSchema, filter.config);
  checkCallbacks(module.callbacks, filter.vm?.allowedCapabilities);
  return toStatus(module, view.generation, hashOf(services.rules));
}

async function ask(
  { store, rules, dockerConfigs }: ResolveServices,
  image: string,
  policy: "Always" | "IfNotPresent",
  signal: AbortSignal,
): Promise<ResolvedModule> {
  const secrets = await dockerConfigs(signal);
  let module: ResolvedModule | undefined;
  // Every policy that binds the namespace must agree; all but the first are answered from the store.
  for (const each of rules.length > 0 ? rules : [{}]) {
    const request = {
      image,
      policy: module ? ("IfNotPresent" as const) : policy,
      dockerConfigs: secrets,
      rules: each,
    };
    module = await store.resolve(request, signal);
  }
  return module!;
}

function toStatus(module: ResolvedModule, generation: number, rules: string): Resolved {
  const { image, manifestDigest, moduleDigest, kind, rootId, name, version, imageVolume } = module;
  return { image, generation, manifestDigest, moduleDigest, kind, rootId, name, version, rules, imageVolume };
}

function inForceAs(view: FilterView, resolved: Resolved, mode: DeliveryMode): Resolution {
  const content = contentOf(view, resolved, mode);
  return { resolved, content, revision: revisionOf(content), ...findingsOf(resolved) };
}

/** What runs goes on running, whatever the spec says by now. */
function inForce({ status: { resolved, revision } }: FilterView): Resolution {
  const unknown: Finding = { status: "Unknown", reason: "NotYet", message: "nothing was resolved yet" };
  const findings = resolved ? findingsOf(resolved) : { Resolved: unknown, Verified: unknown };
  return { resolved, content: undefined, revision, ...findings };
}

const resolving: Pick<Resolution, "Resolved" | "Verified"> = {
  Resolved: { status: "Unknown", reason: "Resolving", message: "the registry is being asked" },
  Verified: { status: "Unknown", reason: "Resolving", message: "the registry is being asked" },
};

function findingsOf(resolved: Resolved): Pick<Resolution, "Resolved" | "Verified"> {
  return {
    Resolved: {
      status: "True",
      reason: "Resolved",
      message: `${resolved.image} is ${resolved.manifestDigest}`,
    },
    Verified: { status: "True", reason: "Verified", message: `the module is ${resolved.moduleDigest}` },
  };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}
