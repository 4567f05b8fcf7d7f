import type { FilterPolicy } from "../api/filter-policy.js";
import { canonicalJson } from "../desired/canonical-json.js";
import { rulesFor } from "../desired/policy-rules.js";
import { checkedReference, keysOf } from "../modules/index.js";
import { collect } from "./judge-filter.js";
import type { Known } from "./known-cluster.js";
import type { Verdict } from "./review.js";

/** FilterDeployments that a warning names, at most. */
const maxNamed = 3;

/**
 * Judges a FilterPolicy: keys that nothing can be verified with are refused; it is told which FilterDeployments are from
 * where it does not allow. Those run on, and cannot change their image.
 */
export function judgePolicy(policy: FilterPolicy, old: FilterPolicy | undefined, known: Known): Verdict {
  const verdict: Verdict = { refusals: [], warnings: [] };
  if (policy.metadata.deletionTimestamp !== undefined) return verdict;
  if (canonicalJson(old?.spec ?? null) === canonicalJson(policy.spec)) return verdict;
  const { signing, allowedRegistries = [] } = policy.spec;
  collect(verdict.refusals, () => keysOf(signing?.publicKeys));
  for (const pattern of allowedRegistries) {
    if (!/^[^\s/:@]+(:\d+)?(\/[^\s:@]+)*\/?$/.test(pattern)) {
      verdict.warnings.push(
        `allowedRegistries: '${pattern}' matches nothing; write HOST[:PORT][/REPOSITORY], with no scheme and no tag`,
      );
    }
  }
  const outside = known.filters().filter(({ metadata, spec }) => {
    const problems: string[] = [];
    for (const rules of rulesFor(metadata.namespace ?? "", [policy])) {
      collect(problems, () => checkedReference(spec.filter.image, rules));
    }
    return problems.length > 0;
  });
  if (outside.length > 0) {
    const names = outside.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort();
    const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : "";
    verdict.warnings.push(
      `not from an allowed registry: ${names.slice(0, maxNamed).join(", ")}${more}; what they run goes on, and they say RegistryNotAllowed`,
    );
  }
  return verdict;
}
