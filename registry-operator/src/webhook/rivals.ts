import type { FilterDeployment } from "../api/filter-deployment.js";
import { proxyContainer } from "../api/names.js";
import { asCandidate, viewOf } from "../desired/filter-view.js";
import { type Pod, podFacts } from "../desired/pod.js";
import { type Candidate, winnerOn } from "../desired/precedence.js";

/** How a FilterDeployment takes part in precedence; undefined: nobody knows its root id yet. */
export function candidateFor(
  filter: FilterDeployment,
  rootNamespace: string,
  knownRootId: string | undefined,
): Candidate | undefined {
  const { image, rootId } = filter.spec.filter;
  const { resolved } = filter.status ?? {};
  const id = rootId ?? knownRootId ?? (resolved?.image === image ? resolved.rootId : undefined);
  if (id === undefined || filter.metadata.deletionTimestamp !== undefined) return undefined;
  return asCandidate(viewOf(filter, rootNamespace), id, filter.metadata.creationTimestamp ?? "");
}

/** Says of each other filter of the same plugin that may meet `me` on a pod which of the two goes first there. */
export function warningsAbout(me: Candidate, others: readonly Candidate[]): string[] {
  return others
    .filter((each) => each.key !== me.key)
    .flatMap((other) => {
      const pod = podOfBoth(me, other);
      if (!pod) return [];
      const first = winnerOn(pod, me, [other]) === me.key ? "this one" : other.key;
      return `${other.key} has the root id '${me.rootId}' too; where both select a pod, ${first} goes first and the other does nothing`;
    })
    .sort();
}

/** A pod that both select; undefined: there can be none. */
function podOfBoth(a: Candidate, b: Candidate): Pod | undefined {
  if (a.rootId !== b.rootId || a.direction !== b.direction) return undefined;
  if (!a.meshWide && !b.meshWide && a.namespace !== b.namespace) return undefined;
  const labels = { ...a.matchLabels, ...b.matchLabels };
  for (const [name, value] of Object.entries(a.matchLabels ?? {})) {
    if (labels[name] !== value) return undefined;
  }
  const proxy = { name: proxyContainer, args: a.direction === "Gateway" ? ["proxy", "router"] : ["proxy"] };
  const object = {
    metadata: { name: "any", namespace: a.meshWide ? b.namespace : a.namespace, labels },
    spec: { containers: [proxy] },
  };
  return podFacts(object);
}
