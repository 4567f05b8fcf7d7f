import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.js";

/** What a VM runs when its filter has crashed. */
export type FailurePolicy = "FailReload" | "FailClosed" | "FailOpen";

/** All that makes one content differ from another. */
export interface Content {
  kind: "http" | "network";
  /** `sha256:…` */
  moduleDigest: string;
  rootId: string;
  /** Absent: the filter gets no configuration. */
  config: Record<string, unknown> | undefined;
  failurePolicy: FailurePolicy;
  env: Record<string, string>;
  /** What the VM may call and is called for; absent: everything. */
  allowedCapabilities?: readonly string[] | undefined;
  /** The image that brings the module as a volume, by digest: `HOST/REPOSITORY@sha256:…`; absent: it is in the node's store. */
  image?: string | undefined;
}

/**
 * The name of a content: `r-` and 10 hex digits of its hash. The number of the attempt is no part of it: a retry offers
 * the same revision again.
 */
export function revisionOf(content: Content): string {
  return `r-${createHash("sha256").update(canonicalJson(content)).digest("hex").slice(0, 10)}`;
}

/** Whether a label's value has the form of a revision. */
export function isRevision(value: string): boolean {
  return /^r-[0-9a-f]{10}$/.test(value);
}
