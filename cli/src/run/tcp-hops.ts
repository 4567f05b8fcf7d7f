import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { formatHostPort, type HostPort, type Upstream } from "../envoy/endpoint.js";
import { MeshwasmError } from "../errors.js";
import type { RecordedFilter } from "../record/recorded.js";
import { proxyLine, readProxyLine, sourceOf } from "./proxy-line.js";
import { Pieces, TcpPieces } from "./tcp-pieces.js";

/** What passed of one connection, in front of Envoy and behind it. */
export class PassedConnection {
  /** In milliseconds since 1970, as `ended`. */
  readonly began = Date.now();
  readonly pieces = new TcpPieces();
  readonly forwarded = new Pieces();
  readonly received = new Pieces();
  /** Who closed it before both sides were done; absent: nobody. */
  closed?: "local" | "remote";
  clientDone = false;
  upstreamDone = false;
  /** Sides that are open. */
  open = 1;

  /** @param filter what served when it began */
  constructor(readonly filter: RecordedFilter) {}
}

/**
 * Servers on both sides of an Envoy with a network filter: clients connect to the one in front, Envoy to the one behind. The line
 * of the PROXY protocol, which Envoy passes on, tells which connections belong together, and lets the filter see the true client.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/intro/arch_overview/other_features/ip_transparency
 */
export class TcpHops {
  readonly #front: Server;
  readonly #behind: Server;
  readonly #open = new Map<string, PassedConnection>();
  readonly #sockets = new Set<Socket>();
  #envoy: ((at: HostPort) => void) | undefined;
  readonly #envoyAt = new Promise<HostPort>((resolve) => {
    this.#envoy = resolve;
  });

  private constructor(
    private readonly upstream: Upstream,
    private readonly filter: () => RecordedFilter,
    private readonly over: (passed: PassedConnection) => void,
  ) {
    this.#front = createServer({ allowHalfOpen: true }, (client) => void this.#fromClient(client));
    this.#behind = createServer({ allowHalfOpen: true }, (envoy) => this.#fromEnvoy(envoy));
  }

  /**
   * @param filter what serves at the moment
   * @param over gets each connection once it has ended
   * @throws MeshwasmError PORT_IN_USE, of `listen`
   */
  static async start(
    listen: HostPort,
    upstream: Upstream,
    filter: () => RecordedFilter,
    over: (passed: PassedConnection) => void,
  ): Promise<TcpHops> {
    const hops = new TcpHops(upstream, filter, over);
    try {
      await listening(hops.#front, listen);
      await listening(hops.#behind, { host: "127.0.0.1", port: 0 });
    } catch (error) {
      await hops.stop();
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      throw new MeshwasmError("PORT_IN_USE", `${formatHostPort(listen)} is in use by another process`, {
        cause: error,
        hint: "choose another port with --listen, or port 0 for a free one",
      });
    }
    return hops;
  }

  /** Where clients connect. */
  get listen(): HostPort {
    return addressOf(this.#front);
  }

  /** Where Envoy connects. */
  get behind(): HostPort {
    return addressOf(this.#behind);
  }

  /** The connections that are open. */
  get open(): readonly PassedConnection[] {
    return [...this.#open.values()];
  }

  /** Clients that came before wait until now. */
  envoyListensAt(at: HostPort): void {
    this.#envoy?.(at);
  }

  /** Closes everything; what is open then is not handed over. */
  async stop(): Promise<void> {
    this.#open.clear();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      [this.#front, this.#behind].map((server) => new Promise((closed) => server.close(closed))),
    );
  }

  async #fromClient(client: Socket): Promise<void> {
    this.#note(client);
    const source = sourceOf(client);
    const passed = new PassedConnection(this.filter());
    this.#open.set(source, passed);
    const line = proxyLine(client);
    const { host, port } = await this.#envoyAt;
    if (client.destroyed) {
      this.#open.delete(source);
      return;
    }
    const envoy = connect({ host, port, allowHalfOpen: true });
    this.#note(envoy);
    envoy.write(line);
    carry(client, envoy, (bytes) => passed.pieces.fromClient(bytes));
    client.on("end", () => {
      passed.clientDone = true;
      envoy.end();
    });
    carry(envoy, client, (bytes) => passed.received.add(bytes));
    envoy.on("end", () => {
      if (!passed.clientDone && !passed.upstreamDone) passed.closed ??= "local";
      client.end();
    });
    client.on("close", () => {
      if (!passed.clientDone) passed.closed ??= "remote";
      envoy.resetAndDestroy();
      this.#closed(source, passed);
    });
    envoy.on("close", () => {
      if (!envoy.readableEnded && !client.destroyed) passed.closed ??= "local";
      client.destroySoon();
    });
  }

  #fromEnvoy(envoy: Socket): void {
    this.#note(envoy);
    let head = Buffer.alloc(0);
    const onHead = (bytes: Buffer) => {
      head = Buffer.concat([head, bytes]);
      const read = readProxyLine(head);
      if (read === "wait") return;
      envoy.off("data", onHead);
      const passed = read === "wrong" ? undefined : this.#open.get(read.source);
      if (read === "wrong" || passed === undefined) envoy.destroy();
      else this.#toUpstream(envoy, passed, read.source, read.rest);
    };
    envoy.on("data", onHead);
  }

  #toUpstream(envoy: Socket, passed: PassedConnection, source: string, first: Buffer): void {
    passed.open++;
    const { host, port, tls } = this.upstream;
    const server = tls
      ? connectTls({ host, port, servername: host })
      : connect({ host, port, allowHalfOpen: true });
    this.#note(server);
    let asked = 0;
    const forwarded = (bytes: Buffer) => {
      asked++;
      passed.forwarded.add(bytes);
    };
    if (first.length > 0) {
      forwarded(first);
      server.write(first);
    }
    carry(envoy, server, forwarded);
    envoy.on("end", () => server.end());
    envoy.on("close", () => {
      server.destroySoon();
      this.#closed(source, passed);
    });
    carry(server, envoy, (bytes) => passed.pieces.fromUpstream(bytes, asked));
    server.on("end", () => {
      passed.upstreamDone = true;
      envoy.end();
    });
    // One that broke off, or could not be reached.
    server.on("close", () => (server.readableEnded ? envoy.destroySoon() : envoy.resetAndDestroy()));
  }

  #closed(source: string, passed: PassedConnection): void {
    passed.open--;
    if (passed.open > 0 || this.#open.get(source) !== passed) return;
    this.#open.delete(source);
    this.over(passed);
  }

  #note(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // What follows from it, `close` does.
    socket.on("error", () => {});
  }
}

/** Sends on what comes, no faster than the other side takes it. */
function carry(from: Socket, to: Socket, seen: (bytes: Buffer) => void): void {
  from.on("data", (bytes: Buffer) => {
    seen(bytes);
    if (to.write(bytes)) return;
    from.pause();
    to.once("drain", () => from.resume());
  });
}

async function listening(server: Server, { host, port }: HostPort): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

function addressOf(server: Server): HostPort {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}
