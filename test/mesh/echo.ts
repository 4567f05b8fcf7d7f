import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server, type Http2Session } from "node:http2";
import { type AddressInfo, createServer, type Server } from "node:net";

/** What the app answers to an HTTP request. */
export interface Echo {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** The app behind every sidecar of a mesh. */
export interface App {
  httpPort: number;
  tcpPort: number;
  grpcPort: number;
  close(): void;
}

/**
 * Starts the app on loopback: HTTP is answered with what was asked (`Echo` as JSON), TCP with the same bytes, a gRPC stream
 * with the same messages.
 */
export async function startApp(): Promise<App> {
  const http = createHttpServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method, url: path, headers } = request;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method, path, headers, body }));
  });
  // Envoy keeps its connections; the app must not close one in the moment in which a request comes.
  http.keepAliveTimeout = 0;
  const tcp = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  });
  const sessions = new Set<Http2Session>();
  const grpc = createHttp2Server();
  grpc.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  grpc.on("stream", (stream) => {
    stream.on("error", () => stream.destroy());
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.pipe(stream);
  });
  const [httpPort, tcpPort, grpcPort] = await Promise.all([listen(http), listen(tcp), listen(grpc)]);
  const close = () => {
    http.close();
    http.closeAllConnections();
    tcp.close();
    for (const session of sessions) session.destroy();
    grpc.close();
  };
  return { httpPort, tcpPort, grpcPort, close };
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}
