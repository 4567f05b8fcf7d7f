import { type NamedCluster, typeUrl } from "../envoy/clusters.js";
import type { HostPort, Upstream } from "../envoy/endpoint.js";
import type { ExchangeSink, RecordedFilter } from "../record/recorded.js";
import { CalloutHops } from "./callout-hops.js";
import type { EngineOptions } from "./engine.js";
import { type PassedConnection, TcpHops } from "./tcp-hops.js";
import { spokeFirst } from "./tcp-recording.js";

/** How many connections are remembered, since one that was there at the same time may end later. */
const recentLimit = 1000;

/** What stands around an Envoy with a network filter so that its connections are recorded. */
export class EnvoyTcpRecording {
  readonly #recent: { began: number; ended: number }[] = [];

  private constructor(
    private readonly callouts: CalloutHops,
    private readonly recorder: ExchangeSink,
    private readonly serving: { filter: RecordedFilter },
    private readonly hops: TcpHops,
  ) {}

  /** @throws MeshwasmError PORT_IN_USE */
  static async start(
    { wasm, config, clusters, listen, upstream }: EngineOptions,
    recorder: ExchangeSink,
  ): Promise<EnvoyTcpRecording> {
    const callouts = await CalloutHops.start(clusters);
    const serving = { filter: { wasm, config } };
    let recording: EnvoyTcpRecording | undefined;
    const over = (passed: PassedConnection) => recording?.record(passed);
    try {
      const hops = await TcpHops.start(listen, upstream, () => serving.filter, over);
      recording = new EnvoyTcpRecording(callouts, recorder, serving, hops);
      return recording;
    } catch (error) {
      await callouts.stop();
      throw error;
    }
  }

  /** The clusters that Envoy is to use. */
  get clusters(): readonly NamedCluster[] {
    return this.callouts.clusters;
  }

  /** Where clients connect, in place of Envoy. */
  get listen(): HostPort {
    return this.hops.listen;
  }

  /** Where Envoy is to listen, and what it is to connect to. */
  get between(): { listen: HostPort; upstream: Upstream } {
    return { listen: { host: "127.0.0.1", port: 0 }, upstream: { ...this.hops.behind, tls: false } };
  }

  /** Changes Envoy's bootstrap: it reads and writes the lines that tell whose a connection is. */
  readonly amend = (bootstrap: object): object => {
    const { static_resources } = bootstrap as Bootstrap;
    Object.assign(static_resources.listeners[0] ?? {}, {
      listener_filters: [
        {
          name: "envoy.filters.listener.proxy_protocol",
          typed_config: {
            "@type": typeUrl("extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"),
          },
        },
      ],
    });
    Object.assign(static_resources.clusters[0] ?? {}, {
      transport_socket: {
        name: "envoy.transport_sockets.upstream_proxy_protocol",
        typed_config: {
          "@type": typeUrl("extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport"),
          config: { version: "V1" },
          transport_socket: {
            name: "envoy.transport_sockets.raw_buffer",
            typed_config: { "@type": typeUrl("extensions.transport_sockets.raw_buffer.v3.RawBuffer") },
          },
        },
      },
    });
    return bootstrap;
  };

  /** Envoy takes connections. */
  started(at: HostPort): void {
    this.hops.envoyListensAt(at);
  }

  /** The engine serves something else. */
  updated(filter: RecordedFilter): void {
    this.serving.filter = filter;
  }

  /** Closes what is open; it is not recorded. May be called again at any time. */
  async stop(): Promise<void> {
    await this.hops.stop();
    await this.callouts.stop();
  }

  private record(passed: PassedConnection): void {
    const { began, pieces, forwarded, received, closed, filter } = passed;
    const ended = Date.now();
    const time = { began, ended };
    this.#recent.push(time);
    if (this.#recent.length > recentLimit) this.#recent.shift();
    if (pieces.unasked) {
      this.recorder.skipped("a connection", spokeFirst);
      return;
    }
    const own = this.callouts.passed.filter(({ at }) => at >= began && at <= ended);
    const others = this.#recent.filter((other) => other !== time);
    const shared = own.some(
      ({ at }) =>
        others.some((other) => other.began <= at && at <= other.ended) ||
        this.hops.open.some((other) => other.began <= at),
    );
    if (shared) {
      this.recorder.skipped(
        "a connection",
        "callouts of connections at the same time cannot be told apart here: use --engine host",
      );
      return;
    }
    for (const callout of own) this.callouts.passed.splice(this.callouts.passed.indexOf(callout), 1);
    this.recorder.add(
      {
        send: pieces.send,
        answers: pieces.answers,
        forwarded: Buffer.concat(forwarded.list),
        received: Buffer.concat(received.list),
        ...(closed && { closed }),
        callouts: own.map(({ at: _, ...callout }) => callout),
        began,
        millis: ended - began,
      },
      filter,
    );
  }
}

/** The part of a bootstrap that is changed here. */
interface Bootstrap {
  static_resources: { listeners: object[]; clusters: object[] };
}
