import type { FilterDeployment } from "../api/filter-deployment.js";
import { canonicalJson } from "../desired/canonical-json.js";
import { checkConfig } from "../desired/config-check.js";
import { disabledBy, rulesFor } from "../desired/policy-rules.js";
import { MeshwasmError } from "../errors.js";
import {
  checkCallbacks,
  checkCapabilities,
  checkedReference,
  checkSize,
  type FolderModuleStore,
  leftOut,
  remoteFailure,
} from "../modules/index.js";
import type { Known } from "./known-cluster.js";
import type { Verdict } from "./review.js";
import { candidateFor, warningsAbout } from "./rivals.js";
import { rolloutWarnings } from "./rollout-warnings.js";

/** What a verdict about a FilterDeployment rests on. */
export interface FilterWrite {
  namespace: string;
  filter: FilterDeployment;
  /** As it was; undefined: it is new. */
  old: FilterDeployment | undefined;
  known: Known;
  store: Pick<FolderModuleStore, "recall">;
  /** Where FilterDeployments are for the whole mesh. */
  rootNamespace: string;
}

/**
 * Judges what a write changes, and only that: what was let in before must not stand in the way of pausing it, of a label,
 * or of its deletion. No registry is asked: of an image that was never resolved, its name alone is looked at.
 */
export async function judgeFilter(write: FilterWrite): Promise<Verdict> {
  const { namespace, filter, old, known, store, rootNamespace } = write;
  const verdict: Verdict = { refusals: [], warnings: [] };
  if (filter.metadata.deletionTimestamp !== undefined) return verdict;
  if (canonicalJson(old?.spec ?? null) === canonicalJson(filter.spec)) return verdict;
  const { image, config, imagePullPolicy, vm } = filter.spec.filter;
  const isOtherImage = old?.spec.filter.image !== image;
  const rules = rulesFor(namespace, known.policies());
  if (isOtherImage) {
    for (const each of rules.length > 0 ? rules : [{}]) {
      collect(verdict.refusals, () => checkedReference(image, each));
    }
  }
  const own = known.filters().filter(({ metadata }) => metadata.namespace === namespace);
  const resolved = own.find(({ status }) => status?.resolved?.image === image)?.status?.resolved;
  const module = await store.recall(image, resolved?.manifestDigest);
  if (module && verdict.refusals.length === 0) {
    // The tag is resolved again with this write, so it may come to something else.
    const said = imagePullPolicy === "Always" && !image.includes("@") ? verdict.warnings : verdict.refusals;
    if (isOtherImage || isChanged(old?.spec.filter.config, config)) {
      collect(said, () => checkConfig(module.configSchema, config));
    }
    const isOtherList = isChanged(old?.spec.filter.vm?.allowedCapabilities, vm?.allowedCapabilities);
    if (isOtherImage || isOtherList) {
      collect(said, () => checkCallbacks(module.callbacks, vm?.allowedCapabilities));
      verdict.warnings.push(...withheld(module.imports, vm?.allowedCapabilities));
    }
    for (const { maxBytes, allowedCapabilities } of isOtherImage ? rules : []) {
      collect(said, () => checkCapabilities(module.imports, allowedCapabilities, image));
      if (maxBytes !== undefined) collect(said, () => checkSize(module.bytes, maxBytes, image));
    }
  }
  const off = disabledBy(namespace, known.policies());
  if (off) verdict.warnings.push(`${off} has all filters of this namespace do nothing`);
  const whole = named(filter, namespace);
  verdict.warnings.push(...rolloutWarnings(whole, rootNamespace, (place) => known.workloadAt(place)));
  const me = candidateFor(whole, rootNamespace, module?.rootId);
  if (me) {
    const others = known.filters().flatMap((each) => candidateFor(each, rootNamespace, undefined) ?? []);
    verdict.warnings.push(...warningsAbout(me, others));
  }
  return verdict;
}

function isChanged(old: unknown, now: unknown): boolean {
  return canonicalJson(old ?? null) !== canonicalJson(now ?? null);
}

/** That hostcalls of the module are withheld is what was asked for, and easily more than was meant. */
function withheld(imports: readonly string[], allowed: readonly string[] | undefined): string[] {
  const names = leftOut(imports, allowed);
  if (names.length === 0) return [];
  const what = `spec.filter.vm.allowedCapabilities leaves out what the module imports: ${names.join(", ")}`;
  return [`${what}. Each call of these will fail`];
}

/** An object that is made with `generateName` has no name yet. */
function named(filter: FilterDeployment, namespace: string): FilterDeployment {
  return { ...filter, metadata: { ...filter.metadata, namespace, name: filter.metadata.name ?? "" } };
}

/** Runs a check; a failure becomes words. */
export function collect(words: string[], check: () => unknown): void {
  try {
    check();
  } catch (error) {
    const failure = remoteFailure(error);
    if (!(failure instanceof MeshwasmError)) throw failure;
    const { code, message, hint } = failure;
    words.push(`${code}: ${message}${hint ? ` (${hint})` : ""}`);
  }
}
