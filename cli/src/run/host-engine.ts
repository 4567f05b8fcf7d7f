import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { formatHostPort, type HostPort } from "../envoy/endpoint.js";
import { MeshwasmError } from "../errors.js";
import type { Engine, EngineOptions } from "./engine.js";
import { serveHttp } from "./host-http.js";
import { HostSlot } from "./host-slot.js";
import { serveTcp } from "./host-tcp.js";

/**
 * Runs the filter in the in-process host, behind a real server on `listen`: HTTP/1.1 exchanges or TCP connections go
 * through it to the real upstream. One VM serves all, as one Envoy worker would.
 *
 * @throws MeshwasmError of the host when it refuses the filter; PORT_IN_USE; USAGE for an address that cannot be bound
 */
export async function startHostEngine(options: EngineOptions): Promise<Engine> {
  const slot = new HostSlot(options);
  const { upstream, recorder } = options;
  const server: Server =
    options.kind === "http"
      ? createHttpServer((request, response) => serveHttp(slot, upstream, request, response, recorder))
      : createTcpServer({ allowHalfOpen: true }, (socket) => serveTcp(slot, upstream, socket, recorder));
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  let listen: HostPort;
  try {
    listen = await bind(server, options.listen);
  } catch (error) {
    slot.close();
    throw error;
  }

  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= new Promise((resolve) => {
      options.signal.removeEventListener("abort", stop);
      server.close(() => {
        slot.close();
        resolve();
      });
      for (const socket of open) socket.destroy();
    });
    return stopping;
  };
  options.signal.addEventListener("abort", stop, { once: true });
  if (options.signal.aborted) {
    await stop();
    throw new MeshwasmError("CANCELLED", "stopped before the filter took traffic");
  }
  return {
    name: "host",
    listen,
    failed: new Promise(() => {}),
    async update(change) {
      slot.update(change);
    },
    stop,
  };
}

function bind(server: Server, at: HostPort): Promise<HostPort> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const where = formatHostPort(at);
      const inUse = cause.code === "EADDRINUSE";
      const words = inUse
        ? `${where} is in use by another process`
        : `cannot listen on ${where}: ${cause.code}`;
      const hint = "choose another port with --listen, or port 0 for a free one";
      reject(new MeshwasmError(inUse ? "PORT_IN_USE" : "USAGE", words, { cause, hint }));
    });
    server.listen(at.port, at.host, () => {
      const { address, port } = server.address() as AddressInfo;
      resolve({ host: address, port });
    });
  });
}
