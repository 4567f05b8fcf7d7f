import {
  createServer,
  type Http2Session,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
} from "node:http2";
import type { GrpcOutcome } from "../callouts/clusters.js";
import type { GrpcCallout } from "../callouts/grpc-callout.js";

/** A gRPC server over clear-text HTTP/2 that does by method name what {@link grpcScript} says. */
export async function grpcServer(): Promise<{ port: number; close(): Promise<void> }> {
  const sessions = new Set<Http2Session>();
  const server = createServer();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    serve(stream, String(headers[":path"]).split("/").at(-1)!);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((closed) => {
        for (const session of sessions) session.destroy();
        server.close(() => closed());
      }),
  };
}

function serve(stream: ServerHttp2Stream, method: string): void {
  const type = { ":status": 200, "content-type": "application/grpc" };
  const options = (more: ServerStreamResponseOptions) => ({ ...more, sendDate: false });
  if (method === "Hang") return;
  if (method === "Reset") {
    stream.close(2);
    return;
  }
  if (method === "Fail") {
    const failed = { ...type, "grpc-status": "7", "grpc-message": "not you" };
    stream.respond(failed, options({ endStream: true }));
    return;
  }
  stream.respond({ ...type, "x-i": "1" }, options({ waitForTrailers: true }));
  if (method === "Break") {
    setTimeout(() => stream.close(2), 50);
    return;
  }
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "x-t": "2" }));
  if (method === "Empty") {
    stream.end();
    return;
  }
  let raw = Buffer.alloc(0);
  stream.on("data", (bytes: Buffer) => {
    raw = Buffer.concat([raw, bytes]);
    while (raw.length >= 5 && raw.length >= 5 + raw.readUInt32BE(1)) {
      const size = 5 + raw.readUInt32BE(1);
      stream.write(raw.subarray(0, size));
      raw = raw.subarray(size);
    }
  });
  stream.on("end", () => stream.end());
}

/** The same for the host. */
export function grpcScript(callout: GrpcCallout): GrpcOutcome | undefined {
  const { method, messages } = callout;
  const begin = { initialMetadata: { "x-i": "1" }, trailingMetadata: { "x-t": "2" } };
  if (method === "Hang") return "timeout";
  if (method === "Reset") return "reset";
  if (method === "Fail") return { status: 7, statusMessage: "not you" };
  if (method === "Empty") return begin;
  if (method === "Break") {
    callout.onMessage = () => callout.reset();
    return { ...begin, open: true };
  }
  if (callout.kind === "grpcCall") return { ...begin, messages };
  callout.onMessage = (message) => callout.send(message);
  callout.onEnd = () => callout.close(begin);
  return { ...begin, open: true };
}
