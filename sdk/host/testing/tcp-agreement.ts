import { connect, createServer, type Socket } from "node:net";
import { Host } from "../host.js";
import { BufferType, StreamType } from "../status.js";
import { caseId, hasTrap } from "./agreement.js";
import type { RunningEnvoy } from "./envoy.js";
import { type Probe, probeModule } from "./probe.js";

/** A TCP conversation for both engines: the client sends `send` once, the upstream echoes. */
export interface TcpCase {
  readonly name: string;
  readonly probe: Probe;
  readonly send: string;
  readonly finish: "end" | "reset";
}

/** What one engine made of it. */
export interface TcpOutcome {
  readonly log: readonly string[];
  readonly client: string;
}

const ALL: Probe = {
  new_connection: {},
  downstream_data: {},
  upstream_data: {},
  downstream_connection_close: {},
  upstream_connection_close: {},
  log: {},
  done: {},
  delete: {},
};

export const TCP_CASES: readonly TcpCase[] = [
  { name: "both sides finish: done comes before log", probe: ALL, send: "hello", finish: "end" },
  {
    name: "bytes are read and changed on both ways",
    probe: {
      ...ALL,
      downstream_data: {
        steps: [
          { do: "body", buffer: BufferType.DownstreamData },
          { do: "setBody", buffer: BufferType.DownstreamData, start: 0, length: 0, data: ">" },
          { do: "body", buffer: BufferType.UpstreamData },
          { do: "setBody", buffer: BufferType.UpstreamData, start: 0, length: 0, data: ">" },
          { do: "continue", stream: StreamType.Upstream },
        ],
      },
      upstream_data: { steps: [{ do: "body", buffer: BufferType.UpstreamData }] },
    },
    send: "hello",
    finish: "reset",
  },
  {
    name: "bytes that are held back are seen again with the end",
    probe: {
      ...ALL,
      downstream_data: { steps: [{ do: "body", buffer: BufferType.DownstreamData }], returns: 1 },
    },
    send: "hello",
    finish: "reset",
  },
  {
    name: "the filter closes the connection",
    probe: {
      ...ALL,
      downstream_data: { steps: [{ do: "close", stream: StreamType.Downstream }], returns: 1 },
    },
    send: "hello",
    finish: "reset",
  },
  {
    name: "a trap closes the connection",
    probe: { ...ALL, downstream_data: { steps: [{ do: "trap" }] } },
    send: "x",
    finish: "reset",
  },
];

export function tcpInHost(test: TcpCase): TcpOutcome {
  const host = new Host(probeModule(test.probe));
  const connection = host.connection({ send: test.send, finish: test.finish });
  return { log: guestLines(connection.logs.map((entry) => entry.message)), client: connection.client.text() };
}

const guestLines = (log: string[]) => log.filter((line) => !line.startsWith("Function:"));

/** Sends what a case sends, and gives what came back until the connection was closed. */
export async function tcpRoundTrip(
  port: number,
  { send, finish }: Pick<TcpCase, "send" | "finish">,
): Promise<string> {
  return new Promise<string>((resolve) => {
    let text = "";
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => {
      socket.write(send);
    });
    // The end must not travel in the same segment as the bytes: the two are two events then.
    const pause = setTimeout(() => (finish === "end" ? socket.end() : socket.resetAndDestroy()), 150);
    socket.on("data", (bytes) => (text += bytes.toString("utf8")));
    socket.on("error", () => undefined);
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(pause);
      resolve(text);
    });
  });
}

export async function tcpInEnvoy(test: TcpCase, index: number, envoy: RunningEnvoy): Promise<TcpOutcome> {
  const client = await tcpRoundTrip(envoy.ports[index]!, test);
  const mark = `wasm log ${caseId(index)} root ${caseId(index)}: `;
  const lines = () =>
    envoy
      .log()
      .split("\n")
      .flatMap((line) => (line.includes(mark) ? [line.slice(line.indexOf(mark) + mark.length)] : []));
  for (
    let tries = 0;
    tries < (hasTrap(test.probe) ? 8 : 80) && !lines().at(-1)?.startsWith("delete(");
    tries++
  )
    await new Promise((later) => setTimeout(later, 25));
  return { log: lines(), client };
}

/** An upstream that sends everything back, and finishes a moment after the other side, so that the end comes by itself. */
export async function echoServer(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => socket.write(bytes));
    socket.on("end", () => setTimeout(() => socket.end(), 80));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
}
