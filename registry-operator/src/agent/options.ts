import type { Logger } from "pino";
import type { NodeReport } from "./node-report.js";

/** How an agent runs. */
export interface AgentOptions {
  /** The node's name. */
  node: string;
  /** `https://HOST:PORT` of the operator. */
  operatorUrl: string;
  /** PEM file of the operator's authorities: the mounted ConfigMap. May be missing at first. */
  caFile: string;
  /** The projected ServiceAccount token for the operator's audience. */
  tokenFile: string;
  /** Absent: `/var/local/lib/wasm-filters`. */
  storeDir?: string | undefined;
  /** Absent: `$KUBECONFIG`, or the pod's own ServiceAccount. */
  kubeconfig?: string | undefined;
  /** Milliseconds that a module stays when it is no longer wanted. Absent: 1 hour. */
  graceMs?: number | undefined;
  /** Milliseconds between looks at the files' times and sizes. Absent: 5 s. */
  checkMs?: number | undefined;
  /** Milliseconds between readings of all files. Absent: 10 minutes. */
  verifyMs?: number | undefined;
  /** The longest wait after a failure, in milliseconds. Absent: 30 s. */
  maxWaitMs?: number | undefined;
  /** Absent: NodeModules through the API server. */
  report?: NodeReport | undefined;
  /** Absent: JSON lines on standard output. */
  log?: AgentLog | undefined;
}

/** What an agent needs of a logger; pino's fits. */
export type AgentLog = Pick<Logger, "info" | "warn" | "error" | "debug">;
