import { get } from "node:http";
import { isIPv6 } from "node:net";
import { type LoadedPlugin, loadedPlugins, noopsTaken } from "./envoy-stats.js";
import { type RequestCounts, requestCounts, requestStats, type Side } from "./request-stats.js";

/** How the stats are read. */
export interface StatsReaderOptions {
  /** Where a sidecar serves its stats. Default 15090. */
  port?: number;
  /** Milliseconds for one answer. Default 3 000. */
  timeout?: number;
  /** Envoys that are asked at once. Default 32. */
  concurrency?: number;
}

/** What an Envoy answered, or why it did not. */
export type StatsAnswer =
  /** `noops`: ids of FilterDeployments whose content that does nothing it took once; absent: none. */
  { plugins: LoadedPlugin[]; noops?: ReadonlySet<string> } | { unreachable: string };

const ourStats = "^wasm\\.meshwasm-|meshwasm-[0-9a-f]{10}-noop\\.rbac\\.allowed$";
const maxBytes = 8 << 20;
/** An answer serves all who ask within this time: several filters on one pod ask for the same. */
const freshMillis = 200;

/** Reads the stats of sidecars, bounded in time, size and number. */
export class StatsReader {
  readonly #options: Required<StatsReaderOptions>;
  readonly #answers = new Map<string, { at: number; answer: Promise<StatsAnswer> }>();
  readonly #waiting: (() => void)[] = [];
  #active = 0;

  constructor(options: StatsReaderOptions = {}) {
    this.#options = { port: 15090, timeout: 3_000, concurrency: 32, ...options };
  }

  /** Which of our plugins the Envoy at this address runs; never throws. @param ip of the pod */
  read(ip: string): Promise<StatsAnswer> {
    const known = this.#answers.get(ip);
    if (known && performance.now() - known.at < freshMillis) return known.answer;
    const entry = { at: Number.POSITIVE_INFINITY, answer: this.#ask(ip) };
    this.#answers.set(ip, entry);
    void entry.answer.then(() => {
      entry.at = performance.now();
      setTimeout(() => {
        if (this.#answers.get(ip) === entry) this.#answers.delete(ip);
      }, freshMillis).unref();
    });
    return entry.answer;
  }

  /** What the Envoy at this address has answered; undefined: it does not say. Never throws. */
  async requests(ip: string, side: Side): Promise<RequestCounts | undefined> {
    const text = await this.#inTurn(() => this.#fetch(ip, requestStats)).catch(() => "");
    return requestCounts(text, side);
  }

  async #ask(ip: string): Promise<StatsAnswer> {
    try {
      const text = await this.#inTurn(() => this.#fetch(ip, ourStats));
      return { plugins: loadedPlugins(text), noops: noopsTaken(text) };
    } catch (error) {
      return { unreachable: (error as Error).message };
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    while (this.#active >= this.#options.concurrency) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#active++;
    try {
      return await work();
    } finally {
      this.#active--;
      this.#waiting.shift()?.();
    }
  }

  /** @param names a regular expression; an Envoy that knows no such filter answers with everything, which is bounded */
  #fetch(ip: string, names: string): Promise<string> {
    const host = isIPv6(ip) ? `[${ip}]` : ip;
    const url = `http://${host}:${this.#options.port}/stats/prometheus?filter=${encodeURIComponent(names)}`;
    const { timeout } = this.#options;
    return new Promise((resolve, reject) => {
      const asked = get(url, { agent: false }, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxBytes) asked.destroy(new Error(`its stats are more than ${maxBytes >> 20} MiB`));
          chunks.push(chunk);
        });
        response.on("end", () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
          else reject(new Error(`its stats answered HTTP ${response.statusCode}`));
        });
        response.on("error", reject);
      });
      const slow = setTimeout(
        () => asked.destroy(new Error(`no answer within ${timeout / 1000} s`)),
        timeout,
      );
      asked.on("error", reject);
      asked.on("close", () => {
        clearTimeout(slow);
        // Cut off in the middle; after an answer or an error it says nothing.
        reject(new Error("it closed the connection"));
      });
    });
  }
}
