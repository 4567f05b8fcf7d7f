import { isIP } from "node:net";
import { MeshwasmError } from "../errors.js";
import { type HostPort, parseUpstream, type Upstream } from "./endpoint.js";

/** A further cluster, for the filter's own calls. */
export interface NamedCluster extends HostPort {
  /** What the filter calls it. */
  name: string;
  /** HTTP/2, which gRPC needs; absent: HTTP/1.1. */
  http2?: boolean;
}

/**
 * Reads `--cluster`: `NAME=http://HOST[:PORT]`.
 *
 * @throws MeshwasmError USAGE
 */
export function parseCluster(text: string): NamedCluster {
  const [, name = "", url = ""] = /^([^=]+)=(http:\/\/.+)$/s.exec(text) ?? [];
  if (name === "") {
    throw new MeshwasmError("USAGE", `--cluster ${text} is not NAME=http://HOST:PORT`, {
      hint: "for example --cluster auth=http://127.0.0.1:9000; NAME is what the filter calls it",
    });
  }
  const { host, port } = parseUpstream(url, "--cluster");
  return { name, host, port };
}

/** The type URL of one of Envoy's own messages, for `@type`. */
export function typeUrl(name: string): string {
  return `type.googleapis.com/envoy.${name}`;
}

/** An address as Envoy writes it. */
export function socketAddress(at: HostPort): object {
  return { socket_address: { address: at.host, port_value: at.port } };
}

function cluster(name: string, at: HostPort): Record<string, unknown> {
  return {
    name,
    ...(isIP(at.host) ? { type: "STATIC" } : { type: "STRICT_DNS", dns_lookup_family: "V4_PREFERRED" }),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(at) } }] }],
    },
  };
}

function upstreamTls(upstream: Upstream, caFile: string | undefined): object {
  const isName = isIP(upstream.host) === 0;
  const san = { san_type: isName ? "DNS" : "IP_ADDRESS", matcher: { exact: upstream.host } };
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": typeUrl("extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
      ...(isName ? { sni: upstream.host } : {}),
      common_tls_context: caFile
        ? { validation_context: { trusted_ca: { filename: caFile }, match_typed_subject_alt_names: [san] } }
        : {},
    },
  };
}

const http2Options = {
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
    "@type": typeUrl("extensions.upstreams.http.v3.HttpProtocolOptions"),
    explicit_http_config: { http2_protocol_options: {} },
  },
};

/**
 * The cluster behind the filter.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/cluster/v3/cluster.proto
 *
 * @param caFile PEM file of certificate authorities; absent: a TLS upstream's certificate is not checked
 */
export function upstreamCluster(name: string, upstream: Upstream, caFile?: string): object {
  return {
    ...cluster(name, upstream),
    ...(upstream.tls ? { transport_socket: upstreamTls(upstream, caFile) } : {}),
  };
}

/** A cluster for the filter's own calls. */
export function calloutCluster(callout: NamedCluster): object {
  const http2 = callout.http2 ? { typed_extension_protocol_options: http2Options } : {};
  return { ...cluster(callout.name, callout), ...http2 };
}
