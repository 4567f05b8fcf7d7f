import { createServer, type Socket } from "node:net";
import { parseWire, type WireMessage } from "../../../sdk/host/testing/wire.js";
import type { Script } from "../script.js";
import { ANSWERS, echoedBody } from "./callee.js";
import { framed, wireParts } from "./framing.js";

/** A server on loopback; `seen` is what reached it whole, oldest first. */
export interface Server {
  readonly port: number;
  readonly seen: readonly WireMessage[];
  close(): Promise<void>;
}

/** Time between the pieces of a body, so that each is one event for Envoy. */
const BETWEEN_PIECES_MS = 80;

/** Writes parts one after another. */
export async function writeParts(socket: Socket, parts: readonly string[]): Promise<void> {
  for (const [index, part] of parts.filter((one) => one !== "").entries()) {
    if (index > 0) await new Promise((later) => setTimeout(later, BETWEEN_PIECES_MS));
    if (socket.destroyed) return;
    socket.write(part, "utf8");
  }
}

/** A script's upstream: answers as the exchange says that is being played. */
export const upstreamServer = (script: Script, turn: () => number): Promise<Server> =>
  httpServer((socket) => {
    const exchange = (script.exchanges ?? [{}])[turn()];
    if (exchange?.abandons === true) return;
    const response = exchange?.response ?? {};
    void writeParts(socket, wireParts(`HTTP/1.1 ${response.status ?? 200} OK`, framed(response, "response")));
  });

/** The cluster `auth`: {@link ANSWERS}, and `/echo`. */
export const calleeServer = (): Promise<Server> =>
  httpServer((socket, message) => {
    const [method = "", target = ""] = message.startLine.split(" ");
    const path = target.split("?")[0]!;
    const lines = () => [
      `${method} ${target}`,
      ...message.headers.map(([name, value]) => `${name}: ${value}`),
      message.body,
    ];
    const answer = path === "/echo" ? { body: echoedBody(lines()) } : (ANSWERS[path] ?? {});
    if (answer === "hang") return;
    if (answer === "cut") {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart", () =>
        setTimeout(() => socket.destroy(), 20),
      );
      return;
    }
    const status = "status" in answer ? (answer.status ?? 200) : 200;
    socket.write(wireParts(`HTTP/1.1 ${status} OK`, framed(answer, "response")).join(""), "utf8");
  });

async function httpServer(answer: (socket: Socket, message: WireMessage) => void): Promise<Server> {
  const seen: WireMessage[] = [];
  return listening((socket) => {
    let raw = "";
    socket.on("end", () => socket.end());
    socket.on("data", (bytes) => {
      raw += bytes.toString("latin1");
      const message = parseWire(raw, false);
      if (message === undefined) return;
      raw = "";
      seen.push(message);
      answer(socket, message);
    });
  }, seen);
}

/** An upstream of TCP that sends everything back, and finishes a moment after the client, so that the end comes by itself. */
export const echoServer = (): Promise<Server> =>
  listening((socket) => {
    socket.on("data", (bytes) => socket.write(bytes));
    socket.on("end", () => setTimeout(() => socket.end(), BETWEEN_PIECES_MS));
  }, []);

async function listening(serve: (socket: Socket) => void, seen: readonly WireMessage[]): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    serve(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as { port: number }).port,
    seen,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
}
