import { connect, createServer, type Server, type Socket } from "node:net";

/** An HTTP/1.1 message as it was on the wire, chunked coding undone. Names keep their order, in lower case. */
export interface WireMessage {
  readonly startLine: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [string, string])[];
}

/**
 * Reads one message; undefined while it is not whole. `closed`: nothing more will come; `bodiless`: it
 * answers a HEAD.
 */
export function parseWire(raw: string, closed: boolean, bodiless = false): WireMessage | undefined {
  const head = raw.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  const [startLine = "", ...lines] = raw.slice(0, head).split("\r\n");
  const headers = lines.map(headerLine);
  const value = (name: string) => headers.find(([key]) => key === name)?.[1];
  const rest = raw.slice(head + 4);
  if (bodiless || / (204|304) /.test(startLine)) return { startLine, headers, body: "", trailers: [] };
  if (value("transfer-encoding") === "chunked") return parseChunked(startLine, headers, rest, closed);
  const isRequest = !startLine.startsWith("HTTP/");
  const length = value("content-length") ?? (isRequest ? "0" : undefined);
  if (length !== undefined && rest.length < Number(length) && !closed) return undefined;
  if (length === undefined && !closed) return undefined;
  return { startLine, headers, body: rest.slice(0, Number(length ?? rest.length)), trailers: [] };
}

function headerLine(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function parseChunked(
  startLine: string,
  headers: [string, string][],
  rest: string,
  closed: boolean,
): WireMessage | undefined {
  let body = "";
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd < 0) return closed ? { startLine, headers, body, trailers: [] } : undefined;
    const size = Number.parseInt(rest.slice(at, lineEnd), 16);
    if (size === 0) {
      const end = rest.indexOf("\r\n\r\n", lineEnd);
      if (end < 0) return undefined;
      const trailers = rest
        .slice(lineEnd + 2, end)
        .split("\r\n")
        .filter(Boolean)
        .map(headerLine);
      return { startLine, headers, body, trailers };
    }
    body += rest.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 4 + size;
  }
}

/**
 * Sends bytes, pieces one after another so that each arrives by itself, and reads the one message that comes back;
 * undefined when the connection closes without one.
 */
export function roundTrip(
  port: number,
  request: string,
  pieces: readonly string[] = [request],
): Promise<WireMessage | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", async () => {
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) await new Promise((later) => setTimeout(later, 40));
        if (!socket.destroyed) socket.write(piece, "latin1");
      }
    });
    let raw = "";
    const finish = (closed: boolean) => {
      const message = parseWire(raw, closed, request.startsWith("HEAD "));
      if (message === undefined && !closed) return;
      resolve(message);
      socket.destroy();
    };
    socket.setTimeout(5000, () => socket.destroy(new Error("no answer within 5 s")));
    socket.on("data", (bytes) => {
      raw += bytes.toString("latin1");
      finish(false);
    });
    socket.on("error", (error) => (raw === "" && socket.timeout ? reject(error) : finish(true)));
    socket.on("close", () => finish(true));
  });
}

/** Bytes to answer with, nothing at all, or bytes before the connection breaks. */
export type WireAnswer = string | undefined | { readonly cutOff: string };

/** An upstream that keeps what it gets and answers with fixed bytes, chosen by the request's path. */
export interface WireUpstream {
  readonly port: number;
  readonly seen: Map<string, WireMessage>;
  close(): Promise<void>;
}

export async function wireUpstream(answer: (path: string) => WireAnswer): Promise<WireUpstream> {
  const seen = new Map<string, WireMessage>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    let raw = "";
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      raw += bytes.toString("latin1");
      const message = parseWire(raw, false);
      if (message === undefined) return;
      raw = "";
      const path = message.startLine.split(" ")[1] ?? "";
      seen.set(path, message);
      const reply = answer(path);
      if (typeof reply === "string") socket.write(reply, "latin1");
      else if (reply !== undefined)
        socket.write(reply.cutOff, "latin1", () => setTimeout(() => socket.destroy(), 20));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
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
