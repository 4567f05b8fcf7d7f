import type { NamedCluster } from "../envoy/clusters.js";
import type { ExchangeSink, RecordedFilter } from "../record/recorded.js";
import { CalloutHops } from "./callout-hops.js";
import type { EngineOptions } from "./engine.js";
import { EnvoyTaps } from "./envoy-taps.js";

/** What stands around an Envoy so that its exchanges are recorded. */
export class EnvoyRecording {
  private constructor(
    private readonly hops: CalloutHops,
    private readonly taps: EnvoyTaps,
    private readonly serving: { filter: RecordedFilter },
  ) {}

  static async start(
    { wasm, config, clusters }: EngineOptions,
    recorder: ExchangeSink,
  ): Promise<EnvoyRecording> {
    const hops = await CalloutHops.start(clusters);
    const serving = { filter: { wasm, config } };
    const taps = await EnvoyTaps.create(hops, recorder, () => serving.filter);
    return new EnvoyRecording(hops, taps, serving);
  }

  /** The clusters that Envoy is to use. */
  get clusters(): readonly NamedCluster[] {
    return this.hops.clusters;
  }

  /** Changes Envoy's bootstrap. */
  readonly amend = (bootstrap: object): object => this.taps.amend(bootstrap);

  /** The engine serves something else. */
  updated(filter: RecordedFilter): void {
    this.serving.filter = filter;
  }

  /** Hands over what is left; once Envoy has stopped. May be called again at any time. */
  async stop(): Promise<void> {
    await this.taps.stop();
    await this.hops.stop();
  }
}
