import type { HttpCallout, SeenRequest } from "@meshwasm/sdk/host";
import type { NamedCluster } from "../envoy/clusters.js";
import type { RecordedCallout } from "../record/recorded.js";
import { seenRequest } from "../record/seen.js";
import { callServer } from "./call-server.js";
import { toNode } from "./host-headers.js";

const connectError =
  "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure";

/** Envoy's own answer for a server that nobody reaches. */
export const unreachable = {
  status: 503,
  headers: { "content-length": String(connectError.length), "content-type": "text/plain" },
  body: connectError,
};

/** Runs what an answer brings about in the host that asked. */
type Run = (event: () => void) => void;

/** Sends the HTTP requests that a filter in the in-process host makes by itself to real servers. */
export class HostClusters {
  readonly #answers = new WeakMap<HttpCallout, RecordedCallout["answer"]>();

  constructor(private readonly clusters: readonly NamedCluster[]) {}

  /** The option `clusters` of one host. */
  forHost(run: Run): Record<string, (request: SeenRequest, callout: HttpCallout) => undefined> {
    return Object.fromEntries(
      this.clusters.map((cluster) => [
        cluster.name,
        (_request: SeenRequest, callout: HttpCallout) => void this.#call(cluster, callout, run),
      ]),
    );
  }

  /** A callout as it is kept, with its answer; `timeout`: nothing came in its time. */
  recorded(callout: HttpCallout): RecordedCallout {
    const { cluster, request } = callout;
    return { cluster, request: seenRequest(request), answer: this.#answers.get(callout) ?? "timeout" };
  }

  async #call(cluster: NamedCluster, callout: HttpCallout, run: Run): Promise<void> {
    const { method, path, authority, headers, body } = callout.request;
    const answer = await callServer(cluster, {
      method,
      path,
      headers: ["host", authority, ...toNode(headers)],
      body: Buffer.from(body),
    });
    run(() => {
      // Its time may have run out, or its stream may be over.
      if (callout.state !== "pending") return;
      this.#answers.set(callout, answer);
      if (answer === "reset") callout.reset();
      else if (answer === "unreachable") callout.respond(unreachable);
      else {
        const { status, headers, body, trailers } = answer;
        callout.respond({ status, headers, body, ...(trailers.length > 0 && { trailers }) });
      }
    });
  }
}
