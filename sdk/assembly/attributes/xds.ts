import { intAt, textAt } from "../properties";

// What Envoy's configuration calls the parts that the stream goes through. Older Envoys have some of these without `xds`
// in front: `properties.getString(["cluster_name"])`.

/** The upstream cluster; absent before a route is chosen. */
export function clusterName(): string | null {
  return textAt("xds\0cluster_name");
}

/** The route; empty when it has no name. */
export function routeName(): string | null {
  return textAt("xds\0route_name");
}

/** The listener's direction: 0 none, 1 inbound, 2 outbound. */
export function listenerDirection(fallback: i64 = 0): i64 {
  return intAt("xds\0listener_direction", fallback);
}

/** The virtual host. */
export function virtualHostName(): string | null {
  return textAt("xds\0virtual_host_name");
}

/** The listener's filter chain. */
export function filterChainName(): string | null {
  return textAt("xds\0filter_chain_name");
}

/** Metadata of the route. The text at `fields` of the metadata under the filter name `filter`; null when it is absent. */
export function routeMetadata(filter: string, fields: string[]): string | null {
  return textAt("xds\0route_metadata\0filter_metadata\0" + filter + "\0" + fields.join("\0"));
}

/** Metadata of the upstream cluster. The text at `fields` of the metadata under the filter name `filter`; null when it is absent. */
export function clusterMetadata(filter: string, fields: string[]): string | null {
  return textAt("xds\0cluster_metadata\0filter_metadata\0" + filter + "\0" + fields.join("\0"));
}

/** Metadata of the listener. The text at `fields` of the metadata under the filter name `filter`; null when it is absent. */
export function listenerMetadata(filter: string, fields: string[]): string | null {
  return textAt("xds\0listener_metadata\0filter_metadata\0" + filter + "\0" + fields.join("\0"));
}

/** Metadata of the upstream host, once one is chosen. The text at `fields` of the metadata under the filter name `filter`; null when it is absent. */
export function upstreamHostMetadata(filter: string, fields: string[]): string | null {
  return textAt("xds\0upstream_host_metadata\0filter_metadata\0" + filter + "\0" + fields.join("\0"));
}
