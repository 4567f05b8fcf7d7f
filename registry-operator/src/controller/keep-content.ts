import { contentName, filterLabel, managedByLabel } from "../api/names.js";
import {
  attemptAnnotation,
  type EnvoyFilter,
  imageAnnotation,
  moduleDigestAnnotation,
  valueLabel,
} from "../desired/envoy-filter.js";
import type { FilterView } from "../desired/filter-view.js";
import { wellKnown } from "../kube/index.js";
import type { Services } from "./services.js";
import { ensureEnvoyFilter } from "./write-envoy-filter.js";

/**
 * Puts right the content of a revision that the spec does not name any more, and pods still run: it cannot be computed, so
 * it is remembered as it was when it was first needed. After a restart of the operator, as it is then.
 */
export class KeptContents {
  /** By FilterDeployment. */
  readonly #kept = new Map<string, EnvoyFilter>();

  /** Makes the content of this revision be as it was. One that was gone before it was seen stays so. */
  async keep(view: FilterView, revision: string, services: Services): Promise<void> {
    const { namespace, key, id } = view;
    const name = contentName(id, revision);
    let kept = this.#kept.get(key);
    if (kept?.metadata.name !== name) {
      const found = await services.client.list(
        wellKnown.envoyFilters,
        { namespace, fieldSelector: `metadata.name=${name}` },
        (object) => object as EnvoyFilter,
      );
      if (!found.items[0]) return;
      kept = ownPart(found.items[0]);
      this.#kept.set(key, kept);
    }
    await ensureEnvoyFilter(services, kept);
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }
}

/** Without what the API server adds, and what others put there. */
function ownPart({ metadata, spec }: EnvoyFilter): EnvoyFilter {
  const { name, namespace, labels, annotations, ownerReferences } = metadata;
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: only(labels, [managedByLabel, filterLabel, valueLabel]),
      annotations: only(annotations, [moduleDigestAnnotation, imageAnnotation, attemptAnnotation]),
      ...(ownerReferences ? { ownerReferences } : {}),
    },
    spec,
  };
}

function only(all: Record<string, string> | undefined, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(all ?? {}).filter(([name]) => names.includes(name)));
}
