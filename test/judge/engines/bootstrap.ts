import { probeModule } from "../probe/module.js";
import { encodeProgram } from "../probe/program.js";
import type { Script } from "../script.js";
import { FILTER_CHAIN, LISTENER_METADATA, ROUTE_METADATA } from "./named.js";

/** Where a script's plugin is found in Envoy, and the upstream that it stands in front of. */
export interface Place {
  readonly id: string;
  readonly script: Script;
  readonly port: number;
  readonly upstreamPort: number;
}

/** Ports of what all scripts share. */
export interface SharedPorts {
  readonly admin: number;
  readonly auth: number;
  readonly grpc: number;
}

const address = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } });
const type = (name: string) => `type.googleapis.com/envoy.extensions.${name}`;

/**
 * An Envoy with a listener, a plugin in a VM of its own and an upstream for each script. Whatever Envoy adds to messages is
 * turned off where it can be, so that little need be masked.
 */
export function bootstrap(places: readonly Place[], ports: SharedPorts): object {
  const code = Buffer.from(probeModule()).toString("base64");
  return {
    admin: { address: address(ports.admin) },
    static_resources: {
      listeners: places.map((place) => ({
        name: place.id,
        address: address(place.port),
        metadata: { filter_metadata: LISTENER_METADATA },
        ...(place.script.bufferLimit === undefined
          ? {}
          : { per_connection_buffer_limit_bytes: place.script.bufferLimit }),
        filter_chains: [
          {
            name: FILTER_CHAIN,
            filters: place.script.connections === undefined ? http(place, code) : network(place, code),
          },
        ],
      })),
      clusters: [
        ...places.map(({ id, upstreamPort }) => cluster(`up-${id}`, upstreamPort)),
        cluster("auth", ports.auth),
        cluster("grpc", ports.grpc, true),
        // Nobody listens on port 1; a cluster without endpoints has no healthy host.
        cluster("nobody", 1),
        cluster("down", undefined),
      ],
    },
  };
}

function plugin({ id, script }: Place, code: string): object {
  const bytes = (value: Uint8Array) => ({
    "@type": "type.googleapis.com/google.protobuf.BytesValue",
    value: Buffer.from(value).toString("base64"),
  });
  return {
    name: id,
    root_id: "root",
    vm_config: {
      vm_id: id,
      runtime: "envoy.wasm.runtime.v8",
      code: { local: { inline_bytes: code } },
      configuration: bytes(encodeProgram(script.does)),
    },
    configuration: bytes(Buffer.from(script.config ?? "")),
    ...(script.headersStopAlone === undefined
      ? {}
      : { allow_on_headers_stop_iteration: script.headersStopAlone }),
  };
}

function http(place: Place, code: string): object[] {
  const manager = {
    "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: place.id,
    generate_request_id: false,
    server_header_transformation: "PASS_THROUGH",
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [
            {
              match: { prefix: "/" },
              route: { cluster: `up-${place.id}` },
              metadata: { filter_metadata: ROUTE_METADATA },
            },
          ],
        },
      ],
    },
    http_filters: [
      {
        name: "wasm",
        typed_config: { "@type": type("filters.http.wasm.v3.Wasm"), config: plugin(place, code) },
      },
      {
        name: "router",
        typed_config: { "@type": type("filters.http.router.v3.Router"), suppress_envoy_headers: true },
      },
    ],
    http_protocol_options: { enable_trailers: true },
  };
  return [{ name: "http", typed_config: manager }];
}

function network(place: Place, code: string): object[] {
  return [
    {
      name: "wasm",
      typed_config: { "@type": type("filters.network.wasm.v3.Wasm"), config: plugin(place, code) },
    },
    {
      name: "tcp",
      typed_config: {
        "@type": type("filters.network.tcp_proxy.v3.TcpProxy"),
        stat_prefix: place.id,
        cluster: `up-${place.id}`,
      },
    },
  ];
}

function cluster(name: string, port: number | undefined, http2 = false): object {
  const options = http2
    ? { http2_protocol_options: {} }
    : { http_protocol_options: { enable_trailers: true } };
  const protocol = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  return {
    name,
    type: "STATIC",
    load_assignment: {
      cluster_name: name,
      endpoints: port === undefined ? [] : [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
    },
    typed_extension_protocol_options: {
      [protocol]: { "@type": `type.googleapis.com/${protocol}`, explicit_http_config: options },
    },
  };
}
