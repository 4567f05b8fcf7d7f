import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** An HTTP proxy of loopback that leads everything to one port, whatever name was asked for. */
export interface TestProxy {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** What was asked for: `CONNECT HOST:PORT`, `GET URL`; with the user that asked, if one was named. */
  requests: { line: string; user?: string }[];
  close(): Promise<void>;
}

/** Starts a proxy. `user` absent: for everybody; else `NAME:PASSWORD` is wanted. */
export async function startProxy(port: number, user?: string): Promise<TestProxy> {
  const requests: TestProxy["requests"] = [];
  const sockets = new Set<Socket>();
  const isRefused = (request: IncomingMessage, target: string) => {
    const header = request.headers["proxy-authorization"] ?? "";
    const name = Buffer.from(header.replace(/^Basic /, ""), "base64").toString();
    requests.push({ line: `${request.method} ${target}`, ...(name === "" ? {} : { user: name }) });
    return user !== undefined && name !== user;
  };
  const server = createServer((request, response) => {
    if (isRefused(request, request.url ?? "")) return void response.writeHead(407).end();
    const { pathname, search } = new URL(request.url ?? "");
    const { method, headers } = request;
    const onward = httpRequest(
      { host: "127.0.0.1", port, path: pathname + search, method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward.on("error", () => response.destroy()));
  });
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    sockets.add(client);
    if (isRefused(request, request.url ?? ""))
      return client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
