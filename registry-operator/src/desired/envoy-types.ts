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
