import type { Header, HttpCase } from "../tables/http-case.js";
import type { TcpCase } from "../tables/tcp-probe.js";

/** Something that a filter logged. */
export interface Logged {
  level: string;
  message: string;
}

/** What came of an HTTP case. Names are lower-case, values are decoded as UTF-8. */
export interface HttpOutcome {
  /** 0: the proxy has cut the stream off without a response. */
  status: number;
  response: Header[];
  body: string;
  trailers: Header[];
  /** Null: the upstream saw no request. `:authority` is there as `host`, pseudo-headers are not. */
  upstream: { path: string; headers: Header[]; body: string; trailers: Header[] } | null;
  /** What the filter's own call asked of the cluster `callee`; null: nothing. */
  callee: { path: string; body: string } | null;
  logs: Logged[];
}

/** What came of a TCP case: what had arrived after each step. */
export interface TcpOutcome {
  steps: { client: string; upstream: string }[];
  /** Whether the proxy had closed the client's connection after the last step. */
  closed: boolean;
  logs: Logged[];
}

/** Something that runs one filter. */
export interface Engine {
  http(testCase: HttpCase): Promise<HttpOutcome>;
  tcp(testCase: TcpCase): Promise<TcpOutcome>;
  close(): Promise<void>;
}

/** What else a table's plugin needs of whatever runs it. */
export interface EngineOptions {
  /** What an Envoy starts with, before there is a case; absent: none. For a filter that refuses to start without. */
  firstConfig?: string;
  /** The plugin runs once more outside the chain, with this as the `role` of its configuration. */
  alsoAs?: ("access-log" | "stats")[];
  /** The configuration of the VM of those that run outside the chain; absent: none. */
  vmConfig?: string;
  /** The node, the route, the cluster and the listener have the names and metadata of `names`. */
  named?: true;
  /** `allow_on_headers_stop_iteration` of Envoy's PluginConfig. */
  allowOnHeadersStopIteration?: boolean;
}

/** What the parts of the proxy's configuration are called, where a table wants them `named`. */
export const names = {
  node: { id: "a-node", cluster: "a-service", metadata: { team: "blue" } },
  route: { name: "a-route", metadata: { filter_metadata: { test: { owner: "me" } } } },
  cluster: { metadata: { filter_metadata: { test: { tier: { name: "gold" } } } } },
  listener: { traffic_direction: "INBOUND" },
};

/** A filter to be run. */
export interface BuiltFilter extends EngineOptions {
  wasm: Uint8Array;
  rootId: string;
  kind: "http" | "network";
}

/** The values of a header, in order. */
export function valuesOf(headers: readonly Header[], name: string): string[] {
  return headers.filter(([key]) => key === name).map(([, value]) => value);
}
