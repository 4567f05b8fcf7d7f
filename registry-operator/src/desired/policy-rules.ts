import type { FilterPolicy } from "../api/filter-policy.js";
import type { ModuleRules } from "../modules/contract.js";

/**
 * What the policies ask of the images of one namespace. All that bind it hold together: the smallest limit, the
 * registries that each allows.
 *
 * @returns one list of rules for each policy that binds the namespace; empty: nothing is asked
 */
export function rulesFor(namespace: string, policies: readonly FilterPolicy[]): ModuleRules[] {
  return policies
    .filter((policy) => binds(policy, namespace))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map(({ spec }) => ({
      ...(spec.maxModuleBytes === undefined ? {} : { maxBytes: spec.maxModuleBytes }),
      ...(spec.allowedRegistries === undefined ? {} : { allowedRegistries: spec.allowedRegistries }),
      ...(spec.allowedCapabilities === undefined ? {} : { allowedCapabilities: spec.allowedCapabilities }),
      ...(spec.signing === undefined ? {} : { keys: spec.signing.publicKeys }),
    }));
}

/**
 * Which policy has the filters of a namespace do nothing, in words for a status; undefined: none.
 *
 * @param namespace of the FilterDeployment, not of a pod
 */
export function disabledBy(namespace: string, policies: readonly FilterPolicy[]): string | undefined {
  const names = policies
    .filter((policy) => policy.spec.disabled === true && binds(policy, namespace))
    .map(({ metadata }) => metadata.name);
  return names.length === 0 ? undefined : `FilterPolicy ${names.sort()[0]}`;
}

function binds({ spec }: FilterPolicy, namespace: string): boolean {
  return spec.namespaces === undefined || spec.namespaces.includes(namespace);
}
