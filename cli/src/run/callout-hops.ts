import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { NamedCluster } from "../envoy/clusters.js";
import type { RecordedCallout, RecordedResponse } from "../record/recorded.js";
import { callServer, texts } from "./call-server.js";
import { unreachable } from "./host-clusters.js";

/** A callout and when it came, in milliseconds since 1970. */
export interface PassedCallout extends RecordedCallout {
  at: number;
}

/** How many bytes of a callout's body pass. */
const bodyLimit = 1024 * 1024;

/** How many callouts are remembered that no exchange has claimed: those of ticks are nobody's. */
const unclaimedLimit = 1000;

/** Servers on loopback that stand between Envoy and those that a filter calls, and remember what passed. */
export class CalloutHops {
  /** In the order in which they came. */
  readonly passed: PassedCallout[] = [];
  readonly #servers: Server[] = [];
  /** The clusters that Envoy is to use. */
  readonly clusters: NamedCluster[] = [];

  static async start(targets: readonly NamedCluster[]): Promise<CalloutHops> {
    const hops = new CalloutHops();
    for (const target of targets) {
      const server = createServer((request, response) => void hops.#pass(target, request, response));
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
      });
      hops.#servers.push(server);
      const { port } = server.address() as AddressInfo;
      hops.clusters.push({ name: target.name, host: "127.0.0.1", port });
    }
    return hops;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }
  }

  async #pass(target: NamedCluster, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const pieces: Buffer[] = [];
    try {
      let size = 0;
      for await (const piece of request as AsyncIterable<Buffer>) {
        size += piece.length;
        if (size > bodyLimit) throw new Error("the body is too long");
        pieces.push(piece);
      }
    } catch {
      response.destroy();
      return;
    }
    const body = Buffer.concat(pieces);
    const { method = "GET", url: path = "/", rawHeaders } = request;
    const passed: PassedCallout = {
      at,
      cluster: target.name,
      request: {
        method,
        path,
        authority: request.headers.host ?? "",
        scheme: "http",
        headers: texts(rawHeaders).filter(([name]) => name !== "host"),
        body: body.length > 0 ? [body] : [],
        trailers: texts(request.rawTrailers),
      },
      // Until there is an answer: Envoy may give up first.
      answer: "timeout",
    };
    this.passed.push(passed);
    if (this.passed.length > unclaimedLimit) this.passed.shift();
    const answer = await callServer(target, { method, path, headers: rawHeaders, body });
    if (response.destroyed) return;
    if (answer === "reset") {
      passed.answer = "reset";
      response.destroy();
      return;
    }
    const found: RecordedResponse = answer === "unreachable" ? fromUnreachable() : answer;
    passed.answer = found;
    const raw = found.headers.flatMap(([name, value]) => [name, Buffer.from(value).toString("latin1")]);
    response.writeHead(found.status, raw);
    response.end(Buffer.concat(found.body));
  }
}

function fromUnreachable(): RecordedResponse {
  const { status, headers, body } = unreachable;
  return { status, headers: Object.entries(headers), body: [Buffer.from(body)], trailers: [] };
}
