import type { HeaderMap } from "../headers/header-map.js";
import { nanoseconds, type VirtualClock } from "../world/clock.js";
import type { PropertyMap, PropertyValue } from "./value.js";

/** Addresses of a connection, as `ip:port`. */
export interface Addresses {
  /** The client. Default `127.0.0.1:40000`. */
  readonly source: string;
  /** Where the client connected to. Default `127.0.0.1:10000`. */
  readonly destination: string;
  /** The upstream that answers. Default `127.0.0.1:8080`. */
  readonly upstreamAddress: string;
}

/** What Envoy knows of a stream besides its headers. */
export class StreamInfo {
  requestBytes = 0;
  responseBytes = 0;
  /** True once the request has reached the upstream. */
  sent = false;
  responseCode: number | undefined = undefined;
  responseDetails: string | undefined = undefined;
  complete = false;
  private readonly start: number;

  constructor(
    readonly addresses: Addresses,
    readonly connectionId: number,
    /** Empty: a connection, which has none. */
    readonly protocol: string,
    private readonly clock: VirtualClock,
  ) {
    this.start = clock.now;
  }

  /** When it began, in nanoseconds since 1970. */
  get startTime(): bigint {
    return nanoseconds(this.start);
  }

  /** Nanoseconds since it began. */
  get duration(): bigint {
    return nanoseconds(this.clock.now - this.start);
  }
}

type Maps = {
  readonly request: HeaderMap | undefined;
  readonly response: HeaderMap | undefined;
  readonly trailers: HeaderMap | undefined;
};

function fields(find: (name: string) => PropertyValue | undefined): PropertyMap {
  return { field: find };
}

function headersProperty(map: HeaderMap | undefined): PropertyMap {
  const joined = (name: string) => map?.getAll(name).join(",") || map?.get(name);
  return {
    field: joined,
    pairs: () => (map?.pairs() ?? []).map(([name, value]) => [name, joined(name) ?? value]),
  };
}

/** The port of `ip:port`, 0 when there is none. */
function portOf(address: string): bigint {
  return BigInt(/:(\d+)$/.exec(address)?.[1] ?? 0);
}

function peer(address: string): PropertyMap {
  return fields((name) => (name === "address" ? address : name === "port" ? portOf(address) : undefined));
}

const EMPTY: PropertyMap = { field: () => undefined, pairs: () => [] };

/** Dynamic metadata, of which the host knows none: an empty `envoy.config.core.v3.Metadata`. */
const METADATA: PropertyMap = {
  field: (name) => (name === "filter_metadata" || name === "typed_filter_metadata" ? EMPTY : undefined),
  message: "",
};

/**
 * The attributes of a stream that the host knows, by the first part of their path; undefined for all
 * others. Names and types follow Envoy's extensions/filters/common/expr/context.cc.
 */
export function streamProperty(info: StreamInfo, maps: Maps, name: string): PropertyValue | undefined {
  if (name === "request") return fields((field) => requestProperty(info, maps.request, field));
  if (name === "response") return fields((field) => responseProperty(info, maps, field));
  if (name === "source") return peer(info.addresses.source);
  if (name === "destination") return peer(info.addresses.destination);
  if (name === "connection")
    return fields((field) =>
      field === "id"
        ? BigInt(info.connectionId)
        : field === "mtls"
          ? false
          : field === "requested_server_name"
            ? ""
            : undefined,
    );
  if (name === "metadata") return METADATA;
  if (name === "upstream") return fields((field) => upstreamProperty(info, field));
  return name === "connection_id" ? BigInt(info.connectionId) : undefined;
}

// The address of this side of a connection to the upstream: nothing real stands behind it.
const LOCAL = "127.0.0.1:50000";

function upstreamProperty(info: StreamInfo, field: string): PropertyValue | undefined {
  if (field === "request_attempt_count") return info.sent ? 1n : 0n;
  if (field === "transport_failure_reason") return "";
  if (!info.sent) return undefined;
  const { upstreamAddress } = info.addresses;
  if (field === "address") return upstreamAddress;
  if (field === "port") return portOf(upstreamAddress);
  return field === "local_address" ? LOCAL : undefined;
}

const HEADER_OF: Readonly<Record<string, string>> = {
  path: ":path",
  host: ":authority",
  scheme: ":scheme",
  method: ":method",
  referer: "referer",
  id: "x-request-id",
  useragent: "user-agent",
};

function requestProperty(
  info: StreamInfo,
  map: HeaderMap | undefined,
  field: string,
): PropertyValue | undefined {
  if (field === "headers") return headersProperty(map);
  if (field === "time") return info.startTime;
  if (field === "size") return requestSize(info, map);
  if (field === "protocol") return info.protocol || undefined;
  if (field === "duration") return info.complete ? info.duration : undefined;
  if (map === undefined) return undefined;
  const header = HEADER_OF[field];
  if (header !== undefined) return map.get(header);
  const [path, query = ""] = (map.get(":path") ?? "").split(/\?(.*)/s);
  if (field === "url_path") return path;
  if (field === "query") return query;
  if (field === "total_size") return BigInt(info.requestBytes + map.byteSize);
  return undefined;
}

// What is announced wins, because it is known before the body is.
function requestSize(info: StreamInfo, map: HeaderMap | undefined): bigint {
  const announced = map?.get("content-length");
  return announced !== undefined && /^\d+$/.test(announced) ? BigInt(announced) : BigInt(info.requestBytes);
}

function responseProperty(info: StreamInfo, maps: Maps, field: string): PropertyValue | undefined {
  if (field === "code") return info.responseCode === undefined ? undefined : BigInt(info.responseCode);
  if (field === "size") return BigInt(info.responseBytes);
  if (field === "headers") return headersProperty(maps.response);
  if (field === "trailers") return headersProperty(maps.trailers);
  if (field === "code_details") return info.responseDetails;
  if (field === "flags") return 0n;
  if (field === "grpc_status") return grpcStatus(info, maps);
  if (field === "total_size")
    return BigInt(info.responseBytes + (maps.response?.byteSize ?? 0) + (maps.trailers?.byteSize ?? 0));
  return undefined;
}

// `Grpc::Common::getGrpcStatus`: what was said, or what the HTTP status stands for.
function grpcStatus(info: StreamInfo, maps: Maps): bigint | undefined {
  const said = maps.trailers?.get("grpc-status") ?? maps.response?.get("grpc-status");
  if (said !== undefined) return /^\d+$/.test(said) ? BigInt(said) : undefined;
  return info.responseCode === undefined ? undefined : BigInt(GRPC_OF[info.responseCode] ?? 2);
}

const GRPC_OF: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
