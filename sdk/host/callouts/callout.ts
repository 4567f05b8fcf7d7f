import type { GrpcCallout } from "./grpc-callout.js";
import type { HttpCallout } from "./http-callout.js";

/** Anything that a filter sent out by itself. */
export type Callout = HttpCallout | GrpcCallout;

/** The HTTP callouts among them. */
export function httpCallouts(all: readonly Callout[]): HttpCallout[] {
  return all.filter((callout): callout is HttpCallout => callout.kind === "http");
}

/** The gRPC callouts among them. */
export function grpcCallouts(all: readonly Callout[]): GrpcCallout[] {
  return all.filter((callout): callout is GrpcCallout => callout.kind !== "http");
}

/** `pending` until it is over: `answered`, `reset`, or `cancelled` (the filter or the end of its context). */
export type CalloutState = "pending" | "answered" | "reset" | "cancelled";
