import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpCase } from "../tables/http-case.js";
import type { HttpOutcome } from "./engine.js";
import { headersFromWire, toWire } from "./wire-text.js";

/** An upstream that answers as the case at hand says, and remembers what it saw. */
export interface HttpUpstream {
  url: string;
  /** What to answer next. */
  answer: HttpCase["answer"] | ((seen: NonNullable<HttpOutcome["upstream"]>) => HttpCase["answer"]);
  /** The last request; null: none since it was set to null. */
  seen: HttpOutcome["upstream"];
  close(): Promise<void>;
}

export async function startHttpUpstream(): Promise<HttpUpstream> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.once("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      upstream.seen = {
        path: request.url ?? "",
        headers: headersFromWire(request.rawHeaders),
        body,
        trailers: headersFromWire(request.rawTrailers),
      };
      const { answer, seen } = upstream;
      send(response, (typeof answer === "function" ? answer(seen) : answer) ?? {});
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const upstream: HttpUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: undefined,
    seen: null,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return upstream;
}

function send(
  response: ServerResponse,
  { status = 200, headers = [], body = "", trailers }: NonNullable<HttpCase["answer"]>,
): void {
  const flat = headers.flatMap(([name, value]) => [name, toWire(value)]);
  if (!trailers) flat.push("content-length", String(Buffer.byteLength(body)));
  response.writeHead(status, flat);
  // Only a chunked message has room for trailers.
  if (trailers) {
    response.write(body);
    response.addTrailers(trailers.map(([name, value]): [string, string] => [name, toWire(value)]));
  }
  response.end(trailers ? "" : body);
}
