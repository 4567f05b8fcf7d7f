import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { isIPv6 } from "node:net";
import type { Registry } from "prom-client";
import { MeshwasmError } from "../errors.js";

/** A server of metrics and probes. */
export interface MetricsServer {
  /** `http://HOST:PORT` */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/healthz` (the process runs) and `/readyz` (it leads, so agents may be sent here; else 503).
 *
 * @param listen `HOST:PORT`; port 0: a free one
 * @throws MeshwasmError Usage
 */
export async function startMetricsServer(
  listen: string,
  registry: Registry,
  ready: () => boolean,
): Promise<MetricsServer> {
  const [, host = "", port = ""] = /^(.*):(\d{1,5})$/.exec(listen) ?? [];
  if (port === "") throw new MeshwasmError("Usage", `--metrics-listen ${listen} is not HOST:PORT`);
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?")[0];
    if (path === "/metrics") {
      response.setHeader("content-type", registry.contentType);
      response.end(await registry.metrics());
    } else if (path === "/healthz") response.end("ok\n");
    else if (path === "/readyz") {
      response.statusCode = ready() ? 200 : 503;
      response.end(ready() ? "ok\n" : "another replica leads\n");
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new MeshwasmError("Usage", `--metrics-listen ${listen}: ${cause.message}`, { cause })),
    );
    server.listen(Number(port), host.replace(/^\[(.*)\]$/, "$1"), resolve);
  });
  const { address, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${isIPv6(address) ? `[${address}]` : address}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
