import { type BuiltFilter, names } from "./engine.js";

/** The parts of Envoy's bootstrap that are changed here. */
export interface Bootstrap {
  node: object;
  stats_sinks?: object[];
  stats_flush_interval?: string;
  static_resources: {
    listeners: { filter_chains: { filters: { typed_config: Record<string, unknown> }[] }[] }[];
    clusters: Record<string, unknown>[];
  };
}

/** The bootstrap with what the tables need and `meshwasm run` does not set up: trailers, access loggers, stats sinks. */
export function amended(document: Bootstrap, filter: BuiltFilter, metadataPort: number): Bootstrap {
  if (filter.kind !== "http") return document;
  const { listeners, clusters } = document.static_resources;
  const trailers = { enable_trailers: true };
  const manager = listeners[0]?.filter_chains[0]?.filters[0]?.typed_config ?? {};
  manager.http_protocol_options = trailers;
  manager.http2_protocol_options = { allow_metadata: true };
  Object.assign(clusters[0] ?? {}, protocol({ http_protocol_options: trailers }));
  routeMetadata(manager, clusters, metadataPort);
  if (filter.named) {
    const { virtual_hosts } = manager.route_config as { virtual_hosts: { routes: object[] }[] };
    Object.assign(document.node, names.node);
    Object.assign(virtual_hosts[0]?.routes.at(-1) ?? {}, names.route);
    Object.assign(clusters[0] ?? {}, names.cluster);
    Object.assign(listeners[0] ?? {}, names.listener);
  }
  const as = (role: string, type: string) => ({
    name: `envoy.${role}.wasm`,
    typed_config: {
      "@type": `type.googleapis.com/envoy.extensions.${type}`,
      config: pluginConfig(filter, role),
    },
  });
  if (filter.alsoAs?.includes("access-log"))
    manager.access_log = [as("access-log", "access_loggers.wasm.v3.WasmAccessLog")];
  if (filter.alsoAs?.includes("stats")) {
    document.stats_sinks = [as("stats", "stat_sinks.wasm.v3.Wasm")];
    document.stats_flush_interval = "0.1s";
  }
  return document;
}

/** Sends paths below /metadata to a server that speaks HTTP/2 with METADATA frames. */
function routeMetadata(
  manager: Record<string, unknown>,
  clusters: Record<string, unknown>[],
  port: number,
): void {
  const { virtual_hosts } = manager.route_config as { virtual_hosts: { routes: object[] }[] };
  virtual_hosts[0]?.routes.unshift({ match: { prefix: "/metadata" }, route: { cluster: "metadata" } });
  const address = { socket_address: { address: "127.0.0.1", port_value: port } };
  clusters.push({
    name: "metadata",
    type: "STATIC",
    load_assignment: {
      cluster_name: "metadata",
      endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }],
    },
    ...protocol({ http2_protocol_options: { allow_metadata: true } }),
  });
}

function protocol(explicit: object): object {
  return {
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: explicit,
      },
    },
  };
}

function pluginConfig({ wasm, rootId, vmConfig }: BuiltFilter, role: string): object {
  const text = (value: string) => ({ "@type": "type.googleapis.com/google.protobuf.StringValue", value });
  return {
    name: rootId,
    root_id: rootId,
    configuration: text(JSON.stringify({ role })),
    vm_config: {
      runtime: "envoy.wasm.runtime.v8",
      ...(vmConfig === undefined ? {} : { configuration: text(vmConfig) }),
      code: { local: { inline_bytes: Buffer.from(wasm).toString("base64") } },
    },
  };
}
