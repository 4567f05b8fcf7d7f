import { createHash } from "node:crypto";
import { canonicalJson } from "../desired/canonical-json.js";
import type { Finding } from "../desired/conditions.js";
import { checkConfig } from "../desired/config-check.js";
import { contentOf, type FilterView, type Resolved } from "../desired/filter-view.js";
import { type Content, revisionOf } from "../desired/revision.js";
import type { ModuleRules, ModuleStore, ResolvedModule } from "../modules/index.js";
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
}

/** Only what is used of the store. */
export type Store = Pick<ModuleStore, "resolve" | "has" | "collect">;

/** How a store is asked; tests and reconciling share it. */
export interface ResolveServices {
  store: Store;
  rules: readonly ModuleRules[];
  /** The texts of the resource's pull secrets. @throws MeshwasmError PullSecretInvalid */
  dockerConfigs: (signal: AbortSignal) => Promise<string[]>;
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
  const { image, imagePullPolicy = "IfNotPresent", config } = view.spec.filter;
  const { rules, run } = services;
  const rulesHash = hashOf(rules);
  if (view.paused) return inForce(view);
  if (resolved?.image === image && resolved.generation === view.generation && resolved.rules === rulesHash) {
    refill(resolved, services);
    return inForceAs(view, resolved);
  }
  const task = run(
    `resolve ${view.key}`,
    canonicalJson([view.uid, view.generation, rulesHash]),
    async (signal) => {
      // A policy that changed is no reason to follow a tag that moved.
      const known = resolved?.image === image && resolved.generation === view.generation;
      const pinned = known ? atDigest(image, resolved.manifestDigest) : image;
      const module = { ...(await ask(services, pinned, imagePullPolicy, signal)), image };
      checkConfig(module.configSchema, config);
      return toStatus(module, view.generation, rulesHash);
    },
    (error) => (isPassing(error) ? retrySoonMillis : retryLateMillis),
  );
  if (task.state === "running") return { ...inForce(view), ...resolving };
  if (task.state === "failed") return { ...inForce(view), ...failureFindings(task.error) };
  return inForceAs(view, task.result);
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
  const { image, manifestDigest, moduleDigest, kind, rootId, name, version } = module;
  return { image, generation, manifestDigest, moduleDigest, kind, rootId, name, version, rules };
}

function inForceAs(view: FilterView, resolved: Resolved): Resolution {
  const content = contentOf(view, resolved);
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
