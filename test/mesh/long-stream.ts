import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Load, LoadResult } from "./load.js";

/** Where a stream goes. */
export interface StreamOptions {
  host: string;
  port: number;
  /** Milliseconds between two messages. */
  pause: number;
}

/** A TCP connection to the app that stays open: each message must come back before the next is sent. */
export function startTcpStream({ host, port, pause }: StreamOptions): Load {
  const socket = connect(port, host);
  socket.setNoDelay();
  return converse(
    "the TCP stream",
    socket,
    pause,
    (text) => Buffer.from(text),
    () => socket.destroy(),
  );
}

/** A gRPC stream to the app, both ways, that stays open; messages as on the TCP stream, with gRPC's prefix. */
export function startGrpcStream({ host, port, pause }: StreamOptions): Load {
  const session: ClientHttp2Session = connectHttp2(`http://${host}:${port}`);
  const stream = session.request({
    ...{ ":method": "POST", ":path": "/test.Echo/Both", "content-type": "application/grpc", te: "trailers" },
  });
  // What goes wrong with the connection goes wrong with the stream, which is looked at.
  session.on("error", () => {});
  session.on("goaway", () => stream.destroy(new Error("GOAWAY")));
  return converse("the gRPC stream", stream, pause, withPrefix, () => {
    stream.close();
    session.destroy();
  });
}

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md: not compressed, four bytes of length. */
function withPrefix(text: string): Buffer {
  const message = Buffer.alloc(5 + text.length);
  message.writeUInt32BE(text.length, 1);
  message.write(text, 5, "latin1");
  return message;
}

function converse(
  name: string,
  stream: Duplex,
  pause: number,
  encode: (text: string) => Buffer,
  close: () => void,
): Load {
  const result: LoadResult = { requests: 0, failed: 0, failures: [], closed: 0 };
  let isStopped = false;
  let isOver = false;
  let got = Buffer.alloc(0);
  const over = (why: string) => {
    if (isOver || isStopped) return;
    isOver = true;
    result.closed++;
    result.failures.push(`${name} ended: ${why}`);
  };
  stream.on("data", (piece: Buffer) => {
    got = Buffer.concat([got, piece]);
  });
  stream.once("error", (error) => over(error.message));
  stream.once("end", () => over("by the other side"));
  stream.once("close", () => over("closed"));
  const talk = async () => {
    while (!isStopped && !isOver) {
      const message = encode(`message ${++result.requests}`);
      stream.write(message);
      for (const end = Date.now() + 30_000; got.length < message.length && !isStopped && !isOver; ) {
        if (Date.now() > end) return over("no answer in 30 s");
        await sleep(5);
      }
      if (!isStopped && !isOver && !got.equals(message)) {
        result.failed++;
        return over(`another answer than was sent: ${got.toString("latin1")}`);
      }
      got = Buffer.alloc(0);
      await sleep(pause);
    }
  };
  const talking = talk();
  return {
    async stop() {
      isStopped = true;
      await talking;
      close();
      return result;
    },
  };
}
