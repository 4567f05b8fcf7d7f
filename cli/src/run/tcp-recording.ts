import type { TcpConnection } from "@meshwasm/sdk/host";
import type { ExchangeSink, RecordedFilter } from "../record/recorded.js";
import type { HostClusters } from "./host-clusters.js";
import { TcpPieces } from "./tcp-pieces.js";

/** Why a connection whose upstream speaks first is no case. */
export const spokeFirst = "the upstream spoke before the client, which a case cannot say";

/** What becomes of a connection of the in-process host, for the recorder. */
export class TcpRecording {
  readonly #began = performance.now();
  readonly #pieces = new TcpPieces();

  /** @param filter what the connection's host runs */
  constructor(
    private readonly connection: TcpConnection,
    private readonly filter: RecordedFilter,
    private readonly clusters: HostClusters,
    private readonly recorder: ExchangeSink,
  ) {}

  /** The client sends. */
  fromClient(bytes: Buffer): void {
    this.#pieces.fromClient(bytes);
  }

  /** The upstream sends. */
  fromUpstream(bytes: Buffer): void {
    this.#pieces.fromUpstream(bytes, this.connection.upstream.chunks.length);
  }

  /** The connection is over. @param closed who ended it; absent: both sides were done */
  end(closed: "local" | "remote" | undefined): void {
    const { upstream, client, callouts } = this.connection;
    const { send, answers, unasked } = this.#pieces;
    if (unasked) {
      this.recorder.skipped("a connection", spokeFirst);
      return;
    }
    this.recorder.add(
      {
        send,
        answers,
        forwarded: Buffer.from(upstream.bytes),
        received: Buffer.from(client.bytes),
        ...(closed && { closed }),
        callouts: callouts.flatMap((callout) =>
          callout.kind === "http" ? [this.clusters.recorded(callout)] : [],
        ),
        began: this.#began,
        millis: performance.now() - this.#began,
      },
      this.filter,
    );
  }
}
