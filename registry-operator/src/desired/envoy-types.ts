/** `@type` of one of Envoy's own messages. */
export function typeUrl(name: string): string {
  return `type.googleapis.com/envoy.${name}`;
}

/** The Wasm filter. https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/extensions/wasm/v3/wasm.proto */
export function wasmType(kind: "http" | "network"): string {
  return typeUrl(`extensions.filters.${kind}.wasm.v3.Wasm`);
}

/** The RBAC filter, which without rules lets everything pass and is in every Envoy: our content that does nothing. */
export function rbacType(kind: "http" | "network"): string {
  return typeUrl(`extensions.filters.${kind}.rbac.v3.RBAC`);
}

/** A configured filter that does nothing. */
export function noopConfig(kind: "http" | "network"): object {
  const type = { "@type": rbacType(kind) };
  return kind === "http" ? type : { ...type, stat_prefix: "meshwasm_noop" };
}

/**
 * One with a stat of its own, `meshwasm-<id>-noop.rbac.allowed`, by which an Envoy is seen to have taken it. The name's
 * end is among those that Istio's stats matcher keeps.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/rbac_filter#statistics
 */
export function namedNoopConfig(kind: "http" | "network", id: string): object {
  const type = { "@type": rbacType(kind) };
  const name = `meshwasm-${id}-noop`;
  return kind === "http" ? { ...type, rules_stat_prefix: `${name}.rbac.` } : { ...type, stat_prefix: name };
}
