import { randomUUID } from "node:crypto";
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { SeenRequest, SeenResponse } from "@meshwasm/sdk/host";
import type { Upstream } from "../envoy/endpoint.js";
import type { ExchangeSink } from "../record/recorded.js";
import { fromNode, toNode } from "./host-headers.js";
import { HostRecording } from "./host-recording.js";
import type { HostSlot, Lease } from "./host-slot.js";

/**
 * Carries one HTTP exchange between a client, the filter in the in-process host, and the upstream. What the filter lets
 * through goes on at once; what it holds goes on when a later event or a tick releases it. As Envoy does, it adds
 * `x-forwarded-proto` and `x-request-id` before the filter sees the request, and answers 503 for an upstream that fails.
 *
 * @param recorder gets the exchange once it is over; absent: nobody does
 */
export function serveHttp(
  slot: HostSlot,
  upstream: Upstream,
  client: IncomingMessage,
  response: ServerResponse,
  recorder?: ExchangeSink,
): void {
  const lease: Lease = slot.lease(pump);
  const recording = recorder && new HostRecording(lease.host.http(), lease.content, slot.clusters, recorder);
  const stream = recording ?? lease.host.http();
  const { exchange } = stream;
  let outgoing: ClientRequest | undefined;
  let sentUp = 0;
  let sentDown = 0;
  let over = false;
  let answered = false;

  function pump(): void {
    if (over) return;
    const reset = exchange.reset !== undefined;
    if (!reset && exchange.request && exchange.local === undefined) forward(exchange.request);
    const seen = responseSoFar();
    if (seen) reply(seen);
    if (seen?.complete) finish();
    else if (reset) {
      response.destroy();
      finish();
    }
  }

  function responseSoFar(): SeenResponse | undefined {
    try {
      return exchange.response;
    } catch {
      return undefined;
    }
  }

  function forward(seen: SeenRequest): void {
    if (!outgoing) {
      const bodyless = seen.complete && seen.chunks.length === 0;
      const host = upstream.rewriteHost ?? seen.authority;
      const headers = ["host", host, ...toNode(seen.headers)];
      if (!bodyless && !seen.headers.has("content-length")) headers.push("transfer-encoding", "chunked");
      outgoing = (upstream.tls ? httpsRequest : httpRequest)({
        host: upstream.host,
        port: upstream.port,
        method: seen.method,
        path: seen.path,
        // Node takes the pairs in turn, although its types do not say so.
        headers: headers as unknown as Record<string, string>,
      });
      outgoing.on("response", (incoming) => fromUpstream(incoming, seen.method));
      outgoing.on("error", upstreamFailed);
    }
    for (; sentUp < seen.chunks.length; sentUp++) outgoing.write(seen.chunks[sentUp]);
    if (!seen.complete || outgoing.writableEnded) return;
    const trailers = seen.trailers.entries();
    if (trailers.length > 0) outgoing.addTrailers(trailers);
    outgoing.end();
  }

  function fromUpstream(incoming: IncomingMessage, method: string): void {
    answered = true;
    const status = incoming.statusCode ?? 502;
    const bodyless =
      method === "HEAD" || status === 204 || status === 304 || incoming.headers["content-length"] === "0";
    lease.run(() => stream.responseHeaders({ status, headers: fromNode(incoming.rawHeaders) }, bodyless));
    incoming.on("data", (chunk: Buffer) => lease.run(() => stream.responseBody(chunk)));
    incoming.on("error", () => response.destroy());
    incoming.on("end", () => {
      if (bodyless || over) return;
      const trailers = fromNode(incoming.rawTrailers);
      lease.run(() =>
        trailers.length > 0 ? stream.responseTrailers(trailers) : stream.responseBody("", true),
      );
    });
  }

  function upstreamFailed(error: NodeJS.ErrnoException): void {
    if (over || answered) return;
    const body = `upstream connect error or disconnect/reset before headers: ${error.code ?? error.message}`;
    const headers = { "content-length": String(body.length), "content-type": "text/plain" };
    lease.run(() => stream.responseHeaders({ status: 503, headers }, false));
    lease.run(() => stream.responseBody(body, true));
  }

  function reply(seen: SeenResponse): void {
    if (!response.headersSent) response.writeHead(seen.status, toNode(seen.headers));
    for (; sentDown < seen.chunks.length; sentDown++) response.write(seen.chunks[sentDown]);
    if (!seen.complete) return;
    const trailers = seen.trailers.entries();
    if (trailers.length > 0) response.addTrailers(trailers);
    response.end();
  }

  function finish(): void {
    over = true;
    recording?.end();
    lease.release();
    if (!answered) outgoing?.destroy();
  }

  response.on("error", () => response.destroy());
  response.on("close", () => {
    if (over) return;
    lease.run(() => stream.disconnect());
    outgoing?.destroy();
    if (!over) finish();
  });

  const { "content-length": length, "transfer-encoding": coding } = client.headers;
  const bodyless = coding === undefined && (length ?? "0") === "0";
  const headers = fromNode(client.rawHeaders, ["host", "x-forwarded-proto"]);
  headers.push(["x-forwarded-proto", Buffer.from("http")]);
  if (client.headers["x-request-id"] === undefined) headers.push(["x-request-id", Buffer.from(randomUUID())]);
  const { method = "GET", url: path = "/" } = client;
  lease.run(() =>
    stream.requestHeaders({ method, path, authority: client.headers.host ?? "", headers }, bodyless),
  );
  client.on("data", (chunk: Buffer) => lease.run(() => stream.requestBody(chunk)));
  client.on("end", () => {
    if (bodyless || over) return;
    const trailers = fromNode(client.rawTrailers);
    lease.run(() => (trailers.length > 0 ? stream.requestTrailers(trailers) : stream.requestBody("", true)));
  });
}
