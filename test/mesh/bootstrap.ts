/** What a sidecar's bootstrap depends on. */
export interface SidecarIdentity {
  /** A gateway's Envoy is a router to istiod. */
  type: "sidecar" | "router";
  namespace: string;
  pod: string;
  /** The pod's address, on which the sidecar listens. */
  ip: string;
  labels: Record<string, string>;
  /** Of the injected container, as `ISTIO_META_…` says. */
  metadata: Record<string, string>;
  /** What stats it keeps beside those of every sidecar, by the ends of their names. */
  statsSuffixes: readonly string[];
  /** Port of istiod's plain gRPC on loopback. */
  istiodPort: number;
}

/** Envoy's admin API on the pod's address. In a real pod it listens on 127.0.0.1, which pods of this mesh share. */
export const adminPort = 15000;
/** Where Istio's sidecars show Prometheus metrics. */
export const statsPort = 15090;

/**
 * A sidecar's bootstrap, after Istio's `tools/packaging/common/envoy_bootstrap.json`: ADS in its delta form, no limit on
 * the first fetch, the stats tags' regexes and the stats matcher that Istio's default has.
 */
export function sidecarBootstrap(identity: SidecarIdentity): object {
  const { type, namespace, pod, ip } = identity;
  return {
    node: {
      id: `${type}~${ip}~${pod}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${pod}.${namespace}`,
      metadata: nodeMetadata(identity),
    },
    admin: { address: address(ip, adminPort) },
    dynamic_resources: {
      lds_config: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" },
      cds_config: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" },
      ads_config: {
        api_type: "DELTA_GRPC",
        set_node_on_first_message_only: true,
        transport_api_version: "V3",
        grpc_services: [{ envoy_grpc: { cluster_name: "xds-grpc" } }],
      },
    },
    layered_runtime: { layers: [{ name: "admin", admin_layer: {} }] },
    stats_config: statsConfig(identity.statsSuffixes),
    static_resources: {
      clusters: [
        cluster("prometheus_stats", ip, adminPort),
        { ...cluster("xds-grpc", "127.0.0.1", identity.istiodPort), ...http2 },
      ],
      listeners: [prometheusListener(ip)],
    },
  };
}

function nodeMetadata({ namespace, pod, ip, labels, metadata }: SidecarIdentity): object {
  return {
    CLUSTER_ID: "Kubernetes",
    ISTIO_VERSION: "1.31.0",
    ...metadata,
    ...{ NAME: pod, NAMESPACE: namespace, INSTANCE_IPS: ip, LABELS: labels },
    // Nothing redirects traffic here: the sidecar binds the app's port on the pod's address itself.
    INTERCEPTION_MODE: "NONE",
  };
}

// Copied form: the names matter to what a Prometheus line looks like.
const statsTags = [
  ["cluster_name", "^cluster(\\.(.+);)"],
  ["http_conn_manager_prefix", "^http\\.(((?:[_.[:digit:]\\w]*|[_\\[\\]aAbBcCdDeEfF[:digit:]\\w\\:]*));\\.)"],
  ["tcp_prefix", "^tcp\\.((.*?)\\.)\\w+?$"],
  ["response_code", "_rq(_(\\d{3}))$"],
  ["response_code_class", "_rq(_(\\dxx))$"],
  ["cache", "(cache\\.(.+?)\\.)"],
  ["component", "(component\\.(.+?)\\.)"],
  ["tag", "(tag\\.(.+?);\\.)"],
  ["wasm_filter", "(wasm_filter\\.(.+?)\\.)"],
].map(([tag_name, regex]) => ({ tag_name, regex }));

/** `pkg/bootstrap/config.go`, the inclusion lists that every sidecar has. */
const included = {
  prefix: [
    ...["reporter=", "cluster_manager", "listener_manager", "server", "cluster.xds-grpc", "wasm"],
    ...["component", "istio"],
  ],
  suffix: ["rbac.allowed", "rbac.denied", "shadow_allowed", "shadow_denied", "downstream_cx_active"],
};

function statsConfig(more: readonly string[]): object {
  const patterns = [
    ...included.prefix.map((prefix) => ({ prefix })),
    ...[...included.suffix, ...more].map((suffix) => ({ suffix })),
    { safe_regex: { regex: "vhost\\..*\\.route\\..*" } },
  ];
  const stats_matcher = { inclusion_list: { patterns } };
  return { use_all_default_tags: false, stats_tags: statsTags, stats_matcher };
}

const http2 = {
  typed_extension_protocol_options: {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
      "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
};

function prometheusListener(ip: string): object {
  const name = "prometheus_stats";
  const route = { match: { prefix: "/stats/prometheus" }, route: { cluster: name } };
  const manager = {
    "@type":
      "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    codec_type: "AUTO",
    stat_prefix: "stats",
    route_config: { virtual_hosts: [{ name: "backend", domains: ["*"], routes: [route] }] },
    http_filters: [
      {
        name: "envoy.filters.http.router",
        typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
      },
    ],
  };
  return {
    name,
    address: address(ip, statsPort),
    filter_chains: [
      { filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] },
    ],
  };
}

function cluster(name: string, host: string, port: number): object {
  return {
    name,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address(host, port) } }] }],
    },
  };
}

function address(host: string, port: number): object {
  return { socket_address: { address: host, port_value: port } };
}
