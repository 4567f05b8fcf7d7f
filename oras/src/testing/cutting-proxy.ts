import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A proxy of one TCP port that can cut its connections in the middle of a byte stream. */
export interface CuttingProxy {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** Bytes that came through since the last {@link CuttingProxy.cutAfter}, by where they went. */
  passed: { toServer: number; toClient: number };
  /** Cuts everything once that many more bytes went there; undefined: never. Once: whoever comes later is served. */
  cutAfter(direction: "toServer" | "toClient", bytes: number | undefined): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of a port of loopback. */
export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const passed = { toServer: 0, toClient: 0 };
  const sockets = new Set<Socket>();
  let cut: { direction: keyof typeof passed; bytes: number } | undefined;
  const cutAll = () => {
    cut = undefined;
    for (const socket of sockets) socket.destroy();
  };
  const pass = (from: Socket, to: Socket, direction: keyof typeof passed) => {
    from.on("data", (chunk: Buffer) => {
      const room = cut?.direction === direction ? cut.bytes - passed[direction] : chunk.length + 1;
      passed[direction] += Math.min(chunk.length, room);
      if (room > chunk.length) return void to.write(chunk);
      // What fits still arrives.
      to.write(chunk.subarray(0, room), cutAll);
    });
    from.on("error", () => {}).on("close", () => void to.destroySoon());
  };
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay());
      socket.on("close", () => sockets.delete(socket));
    }
    pass(client, upstream, "toServer");
    pass(upstream, client, "toClient");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    cutAfter: (direction, bytes) => {
      Object.assign(passed, { toServer: 0, toClient: 0 });
      cut = bytes === undefined ? undefined : { direction, bytes };
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
