import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/**
 * Addresses for pods, which all lead to this machine. Each mesh has a /16 block of its own, also among meshes of other
 * processes: who listens on the block's first address has it.
 *
 * Root gets blocks of 100.64.0.0/10, which providers use inside their networks, by one local route. Without root it is
 * loopback's 127.0.0.0/8: that works too, but Kubernetes takes no loopback address into an EndpointSlice, so services
 * have no endpoints.
 */
export class PodAddresses {
  private next = 0;

  private constructor(
    private readonly block: string,
    private readonly guard: Server,
  ) {}

  /** Whether services have endpoints. */
  get routable(): boolean {
    return !this.block.startsWith("127.");
  }

  static async claim(): Promise<PodAddresses> {
    const root = process.getuid?.() === 0;
    const blocks = root ? numbers(64, 127).map((n) => `100.${n}`) : numbers(1, 254).map((n) => `127.${n}`);
    const first = Math.floor(Math.random() * blocks.length);
    for (const block of [...blocks.slice(first), ...blocks.slice(0, first)]) {
      if (root) execFileSync("ip", ["route", "replace", "local", `${block}.0.0/16`, "dev", "lo"]);
      const guard = createServer().listen({ host: `${block}.0.1`, port: 15999 });
      if (await listens(guard)) return new PodAddresses(block, guard);
    }
    throw new Error("no free block of addresses: is port 15999 taken everywhere?");
  }

  /** An address that no pod of this mesh has had. */
  take(): string {
    const n = this.next++;
    return `${this.block}.${1 + Math.floor(n / 254)}.${1 + (n % 254)}`;
  }

  release(): void {
    this.guard.close();
    if (this.routable) execFileSync("ip", ["route", "del", "local", `${this.block}.0.0/16`, "dev", "lo"]);
  }
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

async function listens(server: Server): Promise<boolean> {
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false;
  }
}
