import { extensionName, slotName } from "../api/names.js";
import { type EnvoyFilter, type FilterPlan, ownedMetadata } from "./envoy-filter.js";
import { noopConfig, rbacType, wasmType } from "./envoy-types.js";

const contexts = { Inbound: "SIDECAR_INBOUND", Outbound: "SIDECAR_OUTBOUND", Gateway: "GATEWAY" } as const;
const httpManager = "envoy.filters.network.http_connection_manager";

/**
 * The EnvoyFilter that puts a place for the filter into the chains, to be filled by extension config discovery.
 *
 * It has no time limit for the first content: an Envoy that has the slot and no content is not ready, rather than
 * unfiltered. A slot that is fail-open serves with content that does nothing instead.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/core/v3/extension.proto
 */
export function slotEnvoyFilter(plan: FilterPlan): EnvoyFilter {
  const value = {
    name: extensionName(plan.namespace, plan.name),
    config_discovery: {
      config_source: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" },
      type_urls: [wasmType(plan.kind), rbacType(plan.kind)],
      ...(plan.failOpen
        ? { default_config: noopConfig(plan.kind), apply_default_config_without_warming: true }
        : {}),
    },
  };
  const ports = plan.ports.length > 0 ? [...plan.ports].sort((a, b) => a - b) : [undefined];
  return {
    metadata: ownedMetadata(plan, slotName(plan.id)),
    spec: {
      priority: appliedAt(plan),
      ...(plan.matchLabels ? { workloadSelector: { labels: plan.matchLabels } } : {}),
      configPatches: ports.flatMap((port) =>
        places(plan, port).map((place) => ({ ...place, patch: { ...place.patch, value } })),
      ),
    },
  };
}

/** Phases before the router, in the chain's order; further apart than two priorities can be. */
const appliedFrom = { AUTHZ: -6_000_000, STATS: -3_000_000, UNSPECIFIED: 0 } as const;

/**
 * Istio applies EnvoyFilters by ascending priority. What is inserted before the router later stands behind what was
 * inserted there earlier; what is inserted first later stands in front.
 */
function appliedAt({ phase, priority }: FilterPlan): number {
  return phase === "AUTHN" ? priority : appliedFrom[phase] - priority;
}

/**
 * Where one port's chains get the filter. Anchors are only filters that every chain has: an anchor that is not there
 * would make the filter vanish without a word.
 */
function places(plan: FilterPlan, port: number | undefined): { patch: object }[] {
  const context = contexts[plan.direction];
  const first = plan.phase === "AUTHN";
  const operation = first ? "INSERT_FIRST" : "INSERT_BEFORE";
  const listener = (filter: object | undefined) => ({
    ...(port === undefined ? {} : { portNumber: port }),
    ...(filter ? { filterChain: { filter } } : {}),
  });
  const place = (applyTo: string, filter: object | undefined) => ({
    applyTo,
    match: { context, listener: listener(filter) },
    patch: { operation },
  });
  if (plan.kind === "http") {
    const router = first ? {} : { subFilter: { name: "envoy.filters.http.router" } };
    return [place("HTTP_FILTER", { name: httpManager, ...router })];
  }
  if (first) return [place("NETWORK_FILTER", undefined)];
  // Each chain ends with one or the other.
  return ["envoy.filters.network.tcp_proxy", httpManager].map((name) => place("NETWORK_FILTER", { name }));
}
