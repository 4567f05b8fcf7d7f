// Only tests use this.
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AuthorityState,
  advanceAuthority,
  bundleOf,
  type TokenReviewer,
} from "../../certificates/index.js";
import { MeshwasmError } from "../../errors.js";
import { createModuleServer, openModuleStore } from "../../modules/index.js";
import type { Cleanup } from "../../modules/testing/filters.js";
import type { NodeFacts, NodeReport, StoreFailure } from "../node-report.js";
import type { AgentLog, AgentOptions } from "../options.js";
import { startAgent } from "../start-agent.js";

/** Waits until something is so, for a long time. */
export async function until(what: string, isSo: () => unknown): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo()); await sleep(10)) {
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
  }
}

/** `sha256:<hex>` of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** What an agent has said. */
export class RecordedReport implements NodeReport {
  /** Each report, in order. */
  readonly written: string[][] = [];
  readonly warnings: string[] = [];
  /** Of the last report. */
  failures: readonly StoreFailure[] = [];
  /** True: the API server is away. */
  isDown = false;

  async write({ digests, failures }: NodeFacts): Promise<void> {
    if (this.isDown) throw new MeshwasmError("KubeUnreachable", "no answer");
    this.written.push([...digests]);
    this.failures = failures;
  }

  async warn(reason: string): Promise<void> {
    this.warnings.push(reason);
  }

  get last(): string[] | undefined {
    return this.written.at(-1);
  }
}

/** TCP between agent and operator that a test can disturb. */
export class Wire {
  /** Bytes from the operator after which a connection is cut; undefined: none is. */
  cutAfter: number | undefined;
  /** True: connections are refused. */
  isDown = false;
  readonly #open = new Set<Socket>();
  #target = 0;
  readonly #server = createServer((client) => {
    if (this.isDown) return void client.destroy();
    const upstream = connect(this.#target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      this.#open.add(socket);
      socket.on("error", () => undefined).on("close", () => this.#open.delete(socket));
    }
    let passed = 0;
    upstream.on("data", (chunk) => {
      passed += chunk.length;
      if (this.cutAfter !== undefined && passed > this.cutAfter) upstream.destroy();
      else client.write(chunk);
    });
    client.on("data", (chunk) => upstream.write(chunk));
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });

  /** @returns the port to connect to */
  async listen(target: number): Promise<number> {
    this.connectTo(target);
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where connections lead from now on. */
  connectTo(port: number): void {
    this.#target = port;
  }

  /** Ends all connections, as a kill of the operator does. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet, debug: quiet } as AgentLog;

const reviewer: TokenReviewer = { nodeOf: async (token) => token.replace("token-of-", "") };

/** An operator's module server on a real store, a wire to it, and a folder with what an agent has mounted. */
export async function setUp(t: Cleanup, agentStore?: string) {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-agent-"));
  const store = await openModuleStore(join(folder, "operator"));
  let state: AuthorityState = advanceAuthority(undefined, new Date());
  const create = () =>
    createModuleServer({
      ...{ store, reviewer, authority: { load: async () => state }, pollMs: 500 },
      ...{ listen: "127.0.0.1:0", hosts: ["127.0.0.1"] },
    });
  const server = create();
  const { url } = await server.listen();
  const wire = new Wire();
  const port = await wire.listen(Number(new URL(url).port));
  // In this order: hooks run as they were added, and a running agent writes into the folder.
  const stops: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const stop of stops) await stop();
    wire.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const [caFile, tokenFile] = [join(folder, "ca.crt"), join(folder, "token")];
  await writeFile(caFile, bundleOf(state));
  await writeFile(tokenFile, "token-of-node-1\n");
  const storeDir = agentStore ?? join(folder, "node");
  const report = new RecordedReport();
  const options: AgentOptions = {
    ...{ node: "node-1", operatorUrl: `https://127.0.0.1:${port}`, caFile, tokenFile, storeDir, report, log },
    ...{ checkMs: 20, maxWaitMs: 200 },
  };
  const want = (...modules: Uint8Array[]) => server.setWanted(wantedOf(modules));
  const offer = async (...modules: Uint8Array[]) => {
    for (const module of modules) await store.folder.put(digestOf(module), [module], 1 << 26);
  };
  return {
    ...{ store, server, wire, storeDir, report, options, want, offer, caFile, tokenFile },
    /** Starts an agent; the returned function ends it. */
    start: (more: Partial<AgentOptions> = {}) => {
      const end = new AbortController();
      const running = startAgent({ ...options, ...more }, end.signal);
      const stop = async () => {
        end.abort();
        await running;
      };
      stops.push(stop);
      return stop;
    },
    /** Ends the operator and starts another whose authority is new, as if its Secret had been deleted. */
    restart: async () => {
      await server.close();
      state = advanceAuthority(undefined, new Date());
      await writeFile(caFile, bundleOf(state));
      const fresh = create();
      stops.push(() => fresh.close());
      wire.connectTo(Number(new URL((await fresh.listen()).url).port));
      return (...modules: Uint8Array[]) => fresh.setWanted(wantedOf(modules));
    },
  };
}

function wantedOf(modules: Uint8Array[]): Map<string, Set<string>> {
  return new Map([["node-1", new Set(modules.map(digestOf))]]);
}
