import type { FilterKind } from "../filter/manifest.js";
import { calloutCluster, type NamedCluster, socketAddress, typeUrl, upstreamCluster } from "./clusters.js";
import type { HostPort, Upstream } from "./endpoint.js";
import { extensionName, wasmTypeUrl } from "./extension-config.js";

/** What `bootstrap` needs to know. */
export interface BootstrapOptions {
  kind: FilterKind;
  /** Where clients connect; port 0: a free one, to be read from the admin API. */
  listen: HostPort;
  /** Where the traffic goes behind the filter. */
  upstream: Upstream;
  /** Absolute path of the file with the filter's extension config, see `extensionConfig`. */
  extensionConfigPath: string;
  /** PEM file of certificate authorities; absent: a TLS upstream's certificate is not checked. */
  caFile?: string;
  clusters?: readonly NamedCluster[];
}

const listenerName = "ingress";
const upstreamName = "upstream";

/**
 * The filter's place in the chain. Its content comes from a file through extension config discovery, so that a changed
 * module or configuration reaches new streams while open connections stay.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/overview/extension
 */
function filterSlot(options: BootstrapOptions): object {
  return {
    name: extensionName,
    config_discovery: {
      config_source: {
        path_config_source: { path: options.extensionConfigPath },
        resource_api_version: "V3",
        initial_fetch_timeout: "0s",
      },
      type_urls: [wasmTypeUrl(options.kind)],
    },
  };
}

function httpChain(options: BootstrapOptions): object[] {
  const { rewriteHost } = options.upstream;
  // No time limit on the route, as Istio has it: a paused debugger or a slow upstream is not the filter's fault.
  const route = {
    cluster: upstreamName,
    timeout: "0s",
    ...(rewriteHost ? { host_rewrite_literal: rewriteHost } : {}),
  };
  return [
    {
      name: "envoy.filters.network.http_connection_manager",
      typed_config: {
        "@type": typeUrl("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
        stat_prefix: listenerName,
        route_config: {
          name: "default",
          virtual_hosts: [{ name: "default", domains: ["*"], routes: [{ match: { prefix: "/" }, route }] }],
        },
        http_filters: [
          filterSlot(options),
          {
            name: "envoy.filters.http.router",
            typed_config: { "@type": typeUrl("extensions.filters.http.router.v3.Router") },
          },
        ],
      },
    },
  ];
}

function networkChain(options: BootstrapOptions): object[] {
  return [
    filterSlot(options),
    {
      name: "envoy.filters.network.tcp_proxy",
      typed_config: {
        "@type": typeUrl("extensions.filters.network.tcp_proxy.v3.TcpProxy"),
        stat_prefix: listenerName,
        cluster: upstreamName,
      },
    },
  ];
}

/**
 * Envoy's bootstrap for one filter in front of one upstream, as an object to be written as JSON; the admin API listens on
 * a free loopback port, and log lines are JSON objects of `level`, `logger` and `message`.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/bootstrap/v3/bootstrap.proto
 */
export function bootstrap(options: BootstrapOptions): object {
  const listener = {
    name: listenerName,
    address: socketAddress(options.listen),
    // With SO_REUSEPORT a second Envoy on the same port would start without a word and take half of the connections.
    enable_reuse_port: false,
    filter_chains: [{ filters: options.kind === "http" ? httpChain(options) : networkChain(options) }],
  };
  const clusters = [
    upstreamCluster(upstreamName, options.upstream, options.caFile),
    ...(options.clusters ?? []).map(calloutCluster),
  ];
  return {
    node: { id: "meshwasm", cluster: "meshwasm" },
    admin: { address: socketAddress({ host: "127.0.0.1", port: 0 }) },
    application_log_config: {
      log_format: { json_format: { level: "%l", logger: "%n", message: "%j" } },
    },
    static_resources: { listeners: [listener], clusters },
  };
}
