import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Received } from "@meshwasm/sdk/host";
import { formatHostPort, type Upstream } from "../envoy/endpoint.js";
import type { ExchangeSink } from "../record/recorded.js";
import type { HostSlot, Lease } from "./host-slot.js";
import { TcpRecording } from "./tcp-recording.js";

/**
 * Carries one TCP connection between a client, the filter in the in-process host, and the upstream.
 *
 * @param recorder gets the connection once it is over; absent: nobody does
 */
export function serveTcp(slot: HostSlot, upstream: Upstream, client: Socket, recorder?: ExchangeSink): void {
  const lease: Lease = slot.lease(pump);
  const connection = lease.host.tcp({
    source: formatHostPort({ host: client.remoteAddress ?? "", port: client.remotePort ?? 0 }),
    destination: formatHostPort({ host: client.localAddress ?? "", port: client.localPort ?? 0 }),
  });
  const recording = recorder && new TcpRecording(connection, lease.content, slot.clusters, recorder);
  let over = false;
  const { host, port } = upstream;
  let server: Socket | undefined;
  const toServer = sender(connection.upstream);
  const toClient = sender(connection.client);

  function pump(): void {
    if (over) return;
    if (server) toServer(server);
    toClient(client);
    if (connection.closed === undefined) return;
    over = true;
    const done = connection.upstream.ended && connection.client.ended;
    recording?.end(done ? undefined : connection.closed);
    // What the filter let through before the close still reaches the client.
    client.end();
    server?.end();
    lease.release();
  }

  function endBy(who: "local" | "remote"): void {
    if (!over) lease.run(() => connection.disconnect(who));
    client.destroy();
    server?.destroy();
  }

  client.on("data", (chunk: Buffer) => {
    recording?.fromClient(chunk);
    lease.run(() => connection.downstreamData(chunk));
  });
  client.on("end", () => lease.run(() => connection.downstreamData("", true)));
  client.on("error", () => endBy("remote"));
  client.on("close", () => endBy("remote"));
  lease.run(() => connection.connect());
  if (over) return;

  server = upstream.tls
    ? connectTls({ host, port, servername: host })
    : connect({ host, port, allowHalfOpen: true });
  server.on("data", (chunk: Buffer) => {
    recording?.fromUpstream(chunk);
    lease.run(() => connection.upstreamData(chunk));
  });
  server.on("end", () => lease.run(() => connection.upstreamData("", true)));
  server.on("error", () => endBy("local"));
  lease.run(() => {});
}

/** Writes to a socket what arrived since the last call. */
function sender(received: Received): (socket: Socket) => void {
  let sent = 0;
  return (socket) => {
    for (; sent < received.chunks.length; sent++) socket.write(received.chunks[sent] as Uint8Array);
    if (received.ended && !socket.writableEnded) socket.end();
  };
}
