import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A TCP server that hands its connections to the test. */
export interface TcpUpstream {
  url: string;
  /** The next connection that comes. */
  next(): Promise<Socket>;
  close(): Promise<void>;
}

export async function startTcpUpstream(): Promise<TcpUpstream> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async next() {
      const [socket] = await once(server, "connection");
      return socket;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
