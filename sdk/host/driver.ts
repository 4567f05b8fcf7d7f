import { Exchange } from "./http/exchange.js";
import { type FetchInit, fetchThrough } from "./http/fetch.js";
import { deliver, HttpStream } from "./http/http-stream.js";
import { type RequestInput, type ResponseInput, requestMessage, responseMessage } from "./http/input.js";
import { SeenRequest } from "./http/seen.js";
import type { StreamManager } from "./http/stream.js";
import { assertNoLeaks } from "./leaks.js";
import type { Addresses } from "./properties/stream-info.js";
import type { TcpConnection } from "./tcp/connection.js";
import { type ConnectionScript, converse } from "./tcp/conversation.js";

/** Who answers a request that passed the filters: always the same, or by request. */
export type Upstream = ResponseInput | ((request: SeenRequest) => ResponseInput);

/** Sends HTTP exchanges and TCP connections through filters: through one (a `Host`) or several in a row (a `Chain`). */
export abstract class FilterDriver {
  /** @internal */
  protected abstract newStream(protocol: string | undefined): StreamManager;

  /** A TCP connection to be driven step by step, for network filters. It is not connected yet. */
  abstract tcp(addresses?: Partial<Addresses>): TcpConnection;

  /** A whole TCP conversation; with `finish: "open"` the connection can be driven further. */
  connection(script: ConnectionScript): TcpConnection {
    const { source, destination } = script;
    return converse(
      this.tcp({
        ...(source !== undefined && { source }),
        ...(destination !== undefined && { destination }),
      }),
      script,
    );
  }

  /** @internal Ends a call from outside. */
  abstract settle(): void;

  /** Lets `ms` milliseconds pass: ticks fire at their time, and time that the guest asks for moves along. */
  abstract advance(ms: number): this;

  /** Milliseconds until the next tick or answer falls due; undefined: nothing is waited for. */
  abstract get nextTimer(): number | undefined;

  /** What is left that would be gone if all streams, callouts and queues had come to their end, a line each. */
  abstract get leaks(): string[];

  /** Bytes of memory that the guest has; 0 before it was started. */
  abstract get memorySize(): number;

  /**
   * Asserts that no context is left but the plugin's own, that nothing is held back, no callout without an answer, and every
   * queue of this VM empty. With `repeat`, also that the guest's memory does not go on growing while that runs `rounds` times: the
   * first quarter warms up, and when it grew in the others, four times as many must show it again. With 4000 rounds a module of
   * 128 KiB is caught that loses 64 bytes each time.
   *
   * @param repeat such as `() => host.exchange({ path: "/" })`; what it returns is not waited for
   * @throws MeshwasmError `LEAK` with a line for each thing that is left and who made it
   */
  assertNoLeaks(repeat?: () => unknown, rounds = 4000): this {
    assertNoLeaks(this, repeat, rounds);
    return this;
  }

  /** Sends a request through the filters to the upstream (default: 200 without a body) and the answer back. */
  exchange(request: RequestInput = {}, upstream: Upstream = {}): Exchange {
    const stream = this.newStream(request.protocol);
    const answer = () => {
      if (stream.ended) return;
      const input = typeof upstream === "function" ? upstream(new SeenRequest(stream.upstream)) : upstream;
      deliver(responseMessage(input), stream, "response");
    };
    stream.upstream.onEnd = () => stream.postLast(answer);
    deliver(requestMessage(request), stream, "request");
    this.settle();
    return new Exchange(stream);
  }

  /**
   * Sends a request as the global `fetch` does, for the common case: `await host.fetch("/path", { upstream })`. While a
   * filter holds it back virtual time passes, ten minutes at most.
   *
   * @param input a URL, a path below `http://example.com`, or a Request
   * @throws MeshwasmError `STREAM_PAUSED` when nothing will make the stream go on, `STREAM_RESET` when it was cut off;
   *   and whatever `upstream` throws
   */
  fetch(input: string | URL | Request, init: FetchInit = {}): Promise<Response> {
    return fetchThrough(this, input, init);
  }

  /** A stream to be driven step by step. */
  http(): HttpStream {
    return new HttpStream(this.newStream(undefined), () => this.settle());
  }
}
