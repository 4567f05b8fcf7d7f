// HTTP/2 METADATA frames, which Node's own HTTP/2 can neither send nor let pass: a client and a server of raw frames.
// https://github.com/envoyproxy/envoy/blob/main/source/docs/h2_metadata.md

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Header } from "../tables/http-case.js";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const Type = { data: 0, headers: 1, reset: 3, settings: 4, metadata: 0x4d } as const;
const ack = 1;
const endStream = 1;
/** Of headers and metadata alike. */
const endBlock = 4;

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Literal fields without indexing, in names and values below 127 bytes (RFC 7541, section 6.2.2). */
function block(fields: readonly Header[]): Buffer {
  const text = (value: string) => [value.length, ...Buffer.from(value, "latin1")];
  return Buffer.from(fields.flatMap(([name, value]) => [0, ...text(name), ...text(value)]));
}

const allow = frame(Type.settings, 0, 0);
/** One block of metadata, of two entries. */
const metadata = (stream: number) =>
  frame(
    Type.metadata,
    endBlock,
    stream,
    block([
      ["x-one", "1"],
      ["x-two", "2"],
    ]),
  );

/** Calls `hear` for each frame that comes, and answers to settings. */
function listen(
  socket: Socket,
  skip: number,
  hear: (type: number, flags: number, stream: number, payload: Buffer) => void,
): void {
  let buffered = Buffer.alloc(0);
  let left = skip;
  socket.on("error", () => {}); // The other side goes away when it is done.
  socket.on("data", (bytes: Buffer) => {
    const passed = Math.min(left, bytes.length);
    left -= passed;
    buffered = Buffer.concat([buffered, bytes.subarray(passed)]);
    while (buffered.length >= 9 && buffered.length >= 9 + buffered.readUIntBE(0, 3)) {
      const end = 9 + buffered.readUIntBE(0, 3);
      const [type, flags] = [buffered.readUInt8(3), buffered.readUInt8(4)];
      if (type === Type.settings && !(flags & ack)) socket.write(frame(Type.settings, ack, 0));
      hear(type, flags, buffered.readUInt32BE(5), buffered.subarray(9, end));
      buffered = buffered.subarray(end);
    }
  });
}

/** Sends a request with a block of metadata between its headers and its end; resolves with the response's status. */
export async function requestWithMetadata(
  at: { host: string; port: number },
  path: string,
  timeoutMs: number,
): Promise<number> {
  const socket = connect(at.port, at.host);
  try {
    return await new Promise<number>((resolve, reject) => {
      let status = 0;
      socket.setTimeout(timeoutMs, () => reject(new Error("no response came in time")));
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("the proxy has closed the connection")));
      listen(socket, 0, (type, flags, stream, payload) => {
        // The first byte of a response that begins with ":status: 200" (RFC 7541, appendix A).
        if (stream === 1 && type === Type.headers) status = payload[0] === 0x88 ? 200 : status;
        if (stream === 1 && type === Type.reset) reject(new Error("the proxy has reset the stream"));
        if (stream === 1 && type <= Type.headers && flags & endStream) resolve(status);
      });
      const headers = block([
        [":method", "GET"],
        [":path", path],
        [":scheme", "http"],
        [":authority", "test"],
      ]);
      socket.write(
        Buffer.concat([
          preface,
          allow,
          frame(Type.headers, endBlock, 1, headers),
          metadata(1),
          frame(Type.data, endStream, 1),
        ]),
      );
    });
  } finally {
    socket.destroy();
  }
}

/** A server that answers every request with 200 and a block of metadata. */
export async function startMetadataServer(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.write(allow);
    listen(socket, preface.length, (type, flags, stream) => {
      if (type > Type.headers || !(flags & endStream)) return;
      const ok = frame(Type.headers, endBlock, stream, Buffer.from([0x88]));
      socket.write(Buffer.concat([ok, metadata(stream), frame(Type.data, endStream, stream)]));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
