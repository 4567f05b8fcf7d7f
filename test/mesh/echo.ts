import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
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
  close(): void;
}

/** Starts the app on loopback: HTTP is answered with what was asked (`Echo` as JSON), TCP with the same bytes. */
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
  const [httpPort, tcpPort] = await Promise.all([listen(http), listen(tcp)]);
  const close = () => {
    http.close();
    http.closeAllConnections();
    tcp.close();
  };
  return { httpPort, tcpPort, close };
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}
