import type { HostPort } from "./endpoint.js";

/** Envoy's admin API. https://www.envoyproxy.io/docs/envoy/v1.40.0/operations/admin */
export class EnvoyAdmin {
  /** Its base, without a slash at the end. */
  readonly url: string;
  readonly #signal: AbortSignal;

  /** @param signal ends all requests that are under way */
  constructor(url: string, signal: AbortSignal) {
    this.url = url;
    this.#signal = signal;
  }

  /** The body of a GET, whatever the status; a path without a leading slash. */
  async get(path: string): Promise<string> {
    const response = await fetch(`${this.url}/${path}`, {
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(10_000)]),
    });
    return response.text();
  }

  /** Whether the server takes traffic. */
  async isLive(): Promise<boolean> {
    return (await this.get("ready")).startsWith("LIVE");
  }

  /** Counters and gauges (numbers) and text readouts (strings) whose names begin with `prefix`; histograms are left out. */
  async stats(prefix: string): Promise<Record<string, number | string>> {
    const pattern = `^${prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`;
    const text = await this.get(`stats?format=json&filter=${encodeURIComponent(pattern)}`);
    const { stats } = JSON.parse(text) as { stats: { name?: string; value?: number | string }[] };
    const found: Record<string, number | string> = {};
    for (const { name, value } of stats) if (name !== undefined && value !== undefined) found[name] = value;
    return found;
  }

  /** Where the only listener listens; undefined while it is not there. */
  async listener(): Promise<HostPort | undefined> {
    const answer = JSON.parse(await this.get("listeners?format=json")) as {
      listener_statuses?: { local_address?: { socket_address?: { address: string; port_value: number } } }[];
    };
    const at = answer.listener_statuses?.[0]?.local_address?.socket_address;
    return at && { host: at.address, port: at.port_value };
  }
}
