import type { LocalReply } from "../contexts/local-reply.js";
import { HeaderMap } from "../headers/header-map.js";

/** A local reply as a response: headers, and a body (empty: the headers end the response). */
export interface LocalMessage {
  readonly headers: HeaderMap;
  readonly body: Buffer;
}

/**
 * What Envoy makes of a local reply: status, the filter's headers, then `content-length` and
 * `content-type: text/plain` for a body. A gRPC request gets a trailers-only gRPC response.
 * Follows `Utility::prepareLocalReply` in common/http/utility.cc.
 */
export function localMessage(reply: LocalReply, request: HeaderMap | undefined): LocalMessage {
  if (isGrpc(request)) return { headers: grpcHeaders(reply), body: Buffer.alloc(0) };
  const headers = new HeaderMap("response");
  headers.add(":status", String(reply.status));
  for (const [name, value] of reply.headers) headers.add(name, value);
  if (reply.body.length > 0) {
    headers.set("content-length", String(reply.body.length));
    if (headers.get("content-type") === undefined) headers.add("content-type", "text/plain");
  } else {
    headers.remove("content-length");
    headers.remove("content-type");
  }
  const bodiless = request?.get(":method") === "HEAD";
  return { headers, body: bodiless ? Buffer.alloc(0) : reply.body };
}

function isGrpc(request: HeaderMap | undefined): boolean {
  const type = request?.get("content-type") ?? "";
  return type === "application/grpc" || type.startsWith("application/grpc+");
}

function grpcHeaders(reply: LocalReply): HeaderMap {
  const headers = new HeaderMap("response");
  headers.add(":status", "200");
  for (const [name, value] of reply.headers) headers.add(name, value);
  headers.set("content-type", "application/grpc");
  headers.set("grpc-status", String(reply.grpcStatus ?? grpcStatusOf(reply.status)));
  if (reply.body.length > 0) headers.set("grpc-message", percentEncode(reply.body.toString("latin1")));
  return headers;
}

// Grpc::Utility::httpToGrpcStatus.
const GRPC_STATUS: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

function grpcStatusOf(status: number): number {
  return GRPC_STATUS[status] ?? 2;
}

function percentEncode(bytes: string): string {
  return bytes.replace(
    /[^\x20-\x24\x26-\x7e]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
