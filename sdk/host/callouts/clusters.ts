import type { BytesInput } from "../headers/bytes.js";
import type { HeadersInput, ResponseInput } from "../http/input.js";
import type { SeenRequest } from "../http/seen.js";
import type { GrpcCallout, GrpcStatus } from "./grpc-callout.js";
import type { HttpCallout } from "./http-callout.js";

/** A cluster's response to an HTTP callout, perhaps a late one. */
export interface CalloutResponse extends ResponseInput {
  /** Milliseconds of virtual time until it comes; default 0, once the filter's callback has returned. */
  afterMs?: number;
  /** The connection breaks instead: the filter gets no headers, and `proxy_get_status` says 11 "reset". */
  reset?: boolean;
}

/**
 * What becomes of an HTTP callout: a response, `timeout` (none comes, and Envoy makes its 504 when the callout's
 * own timeout has passed), `reset` (the connection breaks in the middle of the response), or `unreachable`
 * (nobody listens there: Envoy makes a 503).
 */
export type CalloutAnswer = CalloutResponse | "timeout" | "reset" | "unreachable";

/** Answers HTTP callouts: always the same, or by request. Undefined: `callout.respond` will be called, or never. */
export type HttpCluster =
  | CalloutAnswer
  | ((request: SeenRequest, callout: HttpCallout) => CalloutAnswer | undefined);

/** What a gRPC service answers: metadata, messages, and its status. */
export interface GrpcAnswer extends GrpcStatus {
  /** Milliseconds of virtual time until it comes; default 0, once the filter's callback has returned. */
  afterMs?: number;
  /** A call takes the last one. Default none, which on a call that ends well is status 13. */
  messages?: readonly BytesInput[];
  initialMetadata?: HeadersInput;
  /** The stream stays open, to be driven by `callout.send`, `callout.close` and `callout.onMessage`. */
  open?: boolean;
}

/** What becomes of a gRPC callout; `timeout` and `reset` as in {@link CalloutAnswer}. */
export type GrpcOutcome = GrpcAnswer | "timeout" | "reset";

/** Answers gRPC calls and streams when they begin. Undefined: the callout is driven by hand. */
export type GrpcCluster = GrpcOutcome | ((callout: GrpcCallout) => GrpcOutcome | undefined);

/**
 * A cluster that callouts go to: who answers HTTP, or who answers each. `down`: it has no healthy host, so that
 * the hostcall itself fails.
 */
export type Cluster = HttpCluster | "down" | { readonly http?: HttpCluster; readonly grpc: GrpcCluster };

/** Clusters by name. */
export type Clusters = ReadonlyMap<string, Cluster>;
