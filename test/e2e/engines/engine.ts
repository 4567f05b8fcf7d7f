import type { HttpCase } from "../tables/http-case.js";
import type { TcpCase } from "../tables/tcp-probe.js";

/** Something that a filter logged. */
export interface Logged {
  level: string;
  message: string;
}

/** What came of an HTTP case. Names are lower-case, values are decoded as UTF-8. */
export interface HttpOutcome {
  status: number;
  response: [name: string, value: string][];
  body: string;
  /** Null: the upstream saw no request. `:authority` is there as `host`, pseudo-headers are not. */
  upstream: { path: string; headers: [name: string, value: string][]; body: string } | null;
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

/** A filter to be run. */
export interface BuiltFilter {
  wasm: Uint8Array;
  rootId: string;
  kind: "http" | "network";
}

/** The values of a header, in order. */
export function valuesOf(headers: readonly [string, string][], name: string): string[] {
  return headers.filter(([key]) => key === name).map(([, value]) => value);
}
