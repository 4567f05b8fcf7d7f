import type { TcpConnection } from "@meshwasm/sdk/host";
import { type ExchangeSink, type RecordedFilter, recordedBodyLimit } from "../record/recorded.js";
import type { HostClusters } from "./host-clusters.js";

/** What becomes of a connection of the in-process host, for the recorder. */
export class TcpRecording {
  readonly #began = performance.now();
  readonly #send: Buffer[] = [];
  /** What the upstream sent, by how many pieces it had got by then. */
  readonly #answers: Buffer[] = [];
  #unasked = false;

  /** @param filter what the connection's host runs */
  constructor(
    private readonly connection: TcpConnection,
    private readonly filter: RecordedFilter,
    private readonly clusters: HostClusters,
    private readonly recorder: ExchangeSink,
  ) {}

  /** The client sends. */
  fromClient(bytes: Buffer): void {
    if (size(this.#send) <= recordedBodyLimit) this.#send.push(Buffer.from(bytes));
  }

  /** The upstream sends. */
  fromUpstream(bytes: Buffer): void {
    const asked = this.connection.upstream.chunks.length;
    this.#unasked ||= asked === 0;
    if (size(this.#answers) > recordedBodyLimit) return;
    while (this.#answers.length < asked) this.#answers.push(Buffer.alloc(0));
    if (asked > 0) this.#answers[asked - 1] = Buffer.concat([this.#answers[asked - 1] as Buffer, bytes]);
  }

  /** The connection is over. @param closed who ended it; absent: both sides were done */
  end(closed: "local" | "remote" | undefined): void {
    const { upstream, client, callouts } = this.connection;
    if (this.#unasked) {
      this.recorder.skipped("a connection", "the upstream spoke before the client, which a case cannot say");
      return;
    }
    this.recorder.add(
      {
        send: this.#send,
        answers: this.#answers,
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

function size(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
