import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Bytes of what one figure is about. */
export const pieceBytes = 64 * 1024;

/** A server that takes bytes and throws them away, and ends when the client does. */
export async function startSink(): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Sends pieces through a connection and waits until the other side has taken all of them. */
export async function sendPieces(at: { host: string; port: number }, pieces: number): Promise<void> {
  const piece = Buffer.alloc(pieceBytes, 7);
  const socket = connect(at);
  await once(socket, "connect");
  for (let sent = 0; sent < pieces; sent++) {
    if (!socket.write(piece)) await once(socket, "drain");
  }
  socket.end();
  socket.resume();
  await once(socket, "close");
}
