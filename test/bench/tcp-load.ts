import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Bytes of what one figure is about. */
export const pieceBytes = 64 * 1024;

/** A server that throws away what it gets, answers each whole piece with one byte, and ends when the client does. */
export async function startSink(): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let bytes = 0;
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      bytes += data.length;
      if (bytes < pieceBytes) return;
      bytes -= pieceBytes;
      socket.write("k");
    });
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

/**
 * Sends pieces through a connection, each once the other side has answered the one before: else Envoy would read several at
 * once, and the more the slower it is.
 */
export async function sendPieces(at: { host: string; port: number }, pieces: number): Promise<void> {
  const piece = Buffer.alloc(pieceBytes, 7);
  const socket = connect(at);
  await once(socket, "connect");
  await new Promise<void>((resolve, reject) => {
    let answered = 0;
    socket.on("data", (data) => {
      answered += data.length;
      if (answered >= pieces) resolve();
      else socket.write(piece);
    });
    socket.once("error", reject).once("end", () => reject(new Error("the connection was closed")));
    socket.write(piece);
  });
  socket.removeAllListeners("end");
  socket.end();
  await once(socket, "close");
}
