import { FilterDriver } from "./driver.js";
import { MeshwasmError } from "./errors.js";
import type { Host } from "./host.js";
import { StreamManager, type StreamMember } from "./http/stream.js";
import type { Addresses } from "./properties/stream-info.js";
import { TcpConnection } from "./tcp/connection.js";
import type { World } from "./world/world.js";

/**
 * Several plugins in a row, as in one listener of Envoy: requests meet them in this order, responses the other way round.
 * Each keeps its own VM. A host may come twice. The buffer's limit and the addresses are those of the first host.
 *
 * What belongs to a stream belongs to all of them, as in Envoy: the headers, what is held back of a body, and the
 * properties that filters set. In `exchange.calls` and `exchange.logs` each entry names its `filter`: the host's
 * `pluginName`, or its place in the chain, from 1.
 */
export class Chain extends FilterDriver {
  readonly hosts: readonly Host[];
  /** What all of them share. */
  readonly world: World;
  private readonly labels: readonly string[];

  /** @throws MeshwasmError `USAGE` for no hosts, or when they are not of one world */
  constructor(hosts: readonly Host[]) {
    super();
    const [first] = hosts;
    if (first === undefined) throw new MeshwasmError("USAGE", "a chain needs at least one host");
    if (hosts.some((host) => host.world !== first.world))
      throw new MeshwasmError("USAGE", "the hosts of a chain must share one world", {
        hint: "const world = new World(); give { world } to each of the hosts",
      });
    this.hosts = [...hosts];
    this.world = first.world;
    this.labels = hosts.map(({ pluginName }, place) => {
      const alone = hosts.filter((host) => host.pluginName === pluginName).length === 1;
      return pluginName !== "" && alone ? pluginName : `${pluginName}${place + 1}`;
    });
  }

  protected newStream(protocol: string | undefined): StreamManager {
    return new StreamManager(this.members(), this.hosts[0]!.streamOwner, protocol ?? "HTTP/1.1");
  }

  tcp(addresses: Partial<Addresses> = {}): TcpConnection {
    const { streamOwner } = this.hosts[0]!;
    const owner = { nextConnectionId: streamOwner.nextConnectionId, settle: () => this.settle() };
    return new TcpConnection(this.members(), owner, { ...streamOwner.addresses, ...addresses });
  }

  private members(): StreamMember[] {
    return this.hosts.map((host, index) => ({ root: host.openRoot(), label: this.labels[index]! }));
  }

  /** @internal */
  settle(): void {
    for (const host of this.hosts) host.settle();
  }

  /** Starts the hosts that are not started yet, in their order. @throws what {@link Host.start} throws */
  start(): this {
    for (const host of this.hosts) host.start();
    return this;
  }

  /** Lets `ms` milliseconds pass for every host of this world. */
  advance(ms: number): this {
    this.start();
    this.world.advance(ms);
    return this;
  }

  get nextTimer(): number | undefined {
    return this.world.clock.next;
  }

  get leaks(): string[] {
    return this.hosts.flatMap((host, index) => host.leaks.map((leak) => `[${this.labels[index]}] ${leak}`));
  }

  get memorySize(): number {
    return this.hosts.reduce((sum, host) => sum + host.memorySize, 0);
  }

  /** Shuts every plugin down, in their order. */
  close(): void {
    for (const host of this.hosts) host.close();
  }
}
