import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";

/** What the HTTP echo answers, as JSON. */
export interface EchoedRequest {
  method: string;
  /** Path and query. */
  path: string;
  /** Names in lower case; several values of one name in an array. */
  headers: Record<string, string | string[]>;
  /** The body as UTF-8 text; empty: none. */
  body: string;
}

/** A server on loopback that answers with what it got. */
export interface EchoUpstream {
  /** `http://HOST:PORT` or `tcp://HOST:PORT`. */
  url: string;
  /** How many TCP connections there have been. */
  connections(): number;
  /** Closes it and all of its connections; may be called again at any time. */
  close(): Promise<void>;
}

/** How much of a request's body comes back, in bytes; the rest is read and dropped. */
const bodyLimit = 1024 * 1024;

/** Starts an HTTP/1.1 server on a free loopback port that answers each request with an `EchoedRequest`. */
export async function startHttpEcho(): Promise<EchoUpstream> {
  return listen(createServer(answer), "http");
}

/** Starts a TCP server on a free loopback port that sends back each byte that it gets. */
export async function startTcpEcho(): Promise<EchoUpstream> {
  return listen(
    createTcpServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      socket.pipe(socket);
    }),
    "tcp",
  );
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    if (size < bodyLimit) chunks.push(chunk.subarray(0, bodyLimit - size));
    size += chunk.length;
  });
  request.on("error", () => response.destroy());
  request.on("end", () => {
    const headers: EchoedRequest["headers"] = {};
    for (const [name, values = []] of Object.entries(request.headersDistinct)) {
      headers[name] = values.length === 1 ? (values[0] as string) : values;
    }
    const body = Buffer.concat(chunks).toString("utf8");
    const echoed: EchoedRequest = { method: request.method ?? "", path: request.url ?? "", headers, body };
    const text = `${JSON.stringify(echoed, null, 2)}\n`;
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
    });
    response.end(request.method === "HEAD" ? undefined : text);
  });
}

async function listen(server: Server, scheme: string): Promise<EchoUpstream> {
  const open = new Set<Socket>();
  let total = 0;
  server.on("connection", (socket) => {
    total++;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `${scheme}://${address}:${port}`,
    connections: () => total,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      });
      return closing;
    },
  };
}
