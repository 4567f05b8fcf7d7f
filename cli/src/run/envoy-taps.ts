import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { typeUrl } from "../envoy/clusters.js";
import { isMeshwasmError } from "../errors.js";
import { readJsonDocuments } from "../import/json-documents.js";
import { readTap, type TapTrace } from "../import/tap.js";
import {
  type ExchangeSink,
  type RecordedExchange,
  type RecordedFilter,
  type RecordedRequest,
  type RecordedResponse,
  recordedBodyLimit,
} from "../record/recorded.js";
import { removeOnSignal } from "../temporary.js";
import type { CalloutHops, PassedCallout } from "./callout-hops.js";

const pollMs = 100;

/** How many looks a trace gets to be whole, once its exchange is over: Envoy writes three files one after another. */
const attempts = 50;

/** How many exchanges are remembered, since one that was there at the same time may end later. */
const recentLimit = 1000;

/** In milliseconds since 1970. */
interface Interval {
  /** When the request's headers came. */
  began: number;
  /** When the response's headers did. */
  answered: number;
}

/** An exchange whose three traces have been read. */
interface Tapped {
  client: TapTrace;
  upstream: TapTrace | undefined;
  time: Interval;
}

/**
 * Taps on both sides of the filter in an Envoy: what went into it and what came out, on the client's side and on the
 * upstream's. Both stream, since a buffered trace shows headers as they are at the end and not as they were at its place;
 * a third, buffered one is written when the exchange is over. All bear the stream's id.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/tap_filter
 */
export class EnvoyTaps {
  #timer: NodeJS.Timeout | undefined;
  #recent: Interval[] = [];
  #looking: Promise<void> = Promise.resolve();
  readonly #tries = new Map<string, number>();

  private constructor(
    private readonly dir: string,
    private readonly release: () => void,
    private readonly hops: CalloutHops,
    private readonly recorder: ExchangeSink,
    private readonly filter: () => RecordedFilter,
  ) {}

  /** @param filter what serves at the moment */
  static async create(
    hops: CalloutHops,
    recorder: ExchangeSink,
    filter: () => RecordedFilter,
  ): Promise<EnvoyTaps> {
    const dir = await mkdtemp(join(tmpdir(), "meshwasm-tap-"));
    const taps = new EnvoyTaps(dir, removeOnSignal(dir), hops, recorder, filter);
    taps.#timer = setInterval(() => taps.#look(), pollMs);
    return taps;
  }

  /** Adds the taps to a bootstrap of `bootstrap`, whose first HTTP filter is the filter's slot. */
  amend(document: object): object {
    const { static_resources } = document as Bootstrap;
    const chain = static_resources.listeners[0]?.filter_chains[0]?.filters[0]?.typed_config.http_filters;
    chain?.splice(0, 1, this.#tap("over", false), this.#tap("client", true), ...chain.slice(0, 1));
    chain?.splice(3, 0, this.#tap("upstream", true));
    return document;
  }

  /** Reads what is there, and takes everything away. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look();
    await rm(this.dir, { recursive: true, force: true });
    this.release();
  }

  #tap(name: string, streaming: boolean): object {
    // One byte more than is recorded, so that the recorder says that it was too much.
    const limit = streaming ? recordedBodyLimit + 1 : 1;
    return {
      name: `meshwasm.tap.${name}`,
      typed_config: {
        "@type": typeUrl("extensions.filters.http.tap.v3.Tap"),
        record_headers_received_time: !streaming,
        common_config: {
          static_config: {
            match: { any_match: true },
            output_config: {
              streaming,
              max_buffered_rx_bytes: limit,
              max_buffered_tx_bytes: limit,
              sinks: [{ format: "JSON_BODY_AS_BYTES", file_per_tap: { path_prefix: join(this.dir, name) } }],
            },
          },
        },
      },
    };
  }

  #look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#read()).catch(() => {});
    return this.#looking;
  }

  async #read(): Promise<void> {
    const names = await readdir(this.dir);
    const idsOf = (name: string) =>
      names.flatMap((file) => new RegExp(`^${name}_(\\d+)\\.json$`).exec(file)?.[1] ?? []);
    const over = idsOf("over");
    const open = idsOf("client").filter((id) => !over.includes(id));
    const births = await Promise.all(open.map((id) => stat(this.#path("client", id)).catch(() => undefined)));
    const openSince = births.map((found) => found?.birthtimeMs ?? 0);
    const read = await Promise.all(over.map((id) => this.#readTraces(id)));
    const tapped = read.filter((each) => each !== undefined).sort((a, b) => a.time.began - b.time.began);
    this.#recent = [...this.#recent, ...tapped.map(({ time }) => time)].slice(-recentLimit);
    for (const each of tapped) {
      const others = this.#recent.filter((other) => other !== each.time);
      this.#record(each, (at) => {
        const during = others.some(({ began, answered }) => began <= at && at <= answered);
        return !during && !openSince.some((since) => since <= at);
      });
    }
  }

  #path(name: string, id: string): string {
    return join(this.dir, `${name}_${id}.json`);
  }

  /** Undefined: not all of it is there yet. */
  async #readTraces(id: string): Promise<Tapped | undefined> {
    const path = (name: string) => this.#path(name, id);
    const tries = (this.#tries.get(id) ?? 0) + 1;
    this.#tries.set(id, tries);
    try {
      const over = JSON.parse(await readFile(path("over"), "utf8")) as OverTrace;
      const [client] = readTrace(await readFile(path("client"), "utf8"));
      const upstreamText = await readFile(path("upstream"), "utf8").catch(() => undefined);
      const upstream = upstreamText === undefined ? undefined : readTrace(upstreamText)[0];
      if (!client) return undefined;
      await this.#forget(id);
      const { request, response } = over.http_buffered_trace;
      const began = Date.parse(request?.headers_received_time ?? "");
      const answered = Date.parse(response?.headers_received_time ?? "") || Date.now();
      return { client, upstream, time: { began, answered } };
    } catch (error) {
      const pending = error instanceof SyntaxError || isMeshwasmError(error) || isAbsent(error);
      if (!pending) throw error;
      if (tries === attempts) {
        this.recorder.skipped(`stream ${id}`, "Envoy's traces of it are not whole");
        await this.#forget(id);
      }
      return undefined;
    }
  }

  async #forget(id: string): Promise<void> {
    for (const name of ["over", "client", "upstream"]) await rm(this.#path(name, id), { force: true });
    this.#tries.delete(id);
  }

  /** @param alone whether no other exchange was there at a time, in milliseconds since 1970 */
  #record({ client, upstream, time: { began, answered } }: Tapped, alone: (at: number) => boolean): void {
    const { request, response } = client;
    if (!request) return;
    const what = `${request.method} ${request.path.split("?")[0]}`;
    if (!response) {
      this.recorder.skipped(what, "the client got no answer");
      return;
    }
    const passed = this.hops.passed.filter(({ at }) => at >= began && at <= answered);
    if (client.truncated || upstream?.truncated) {
      this.recorder.skipped(what, `a body has more than ${recordedBodyLimit / 1024} KiB`);
      return;
    }
    if (upstream?.response && brokeOff(request, upstream.response)) {
      this.recorder.skipped(what, "the upstream's answer broke off");
      return;
    }
    if (!passed.every(({ at }) => alone(at))) {
      this.recorder.skipped(
        what,
        "callouts of requests at the same time cannot be told apart here: use --engine host",
      );
      return;
    }
    for (const callout of passed) this.hops.passed.splice(this.hops.passed.indexOf(callout), 1);
    const forwarded = upstream?.request;
    const exchange: RecordedExchange = {
      request,
      ...(forwarded && { forwarded }),
      ...(forwarded && upstream?.response && { upstream: upstream.response }),
      response: { ...response, headers: response.headers.filter(([name]) => !ofConnection.has(name)) },
      local: forwarded === undefined,
      callouts: passed.map(({ at: _, ...callout }: PassedCallout) => callout),
      began,
      millis: Math.max(0, answered - began),
    };
    this.recorder.add(exchange, this.filter());
  }
}

/** A trace does not say so; of a body without a length nobody knows. */
function brokeOff({ method }: RecordedRequest, { status, headers, body }: RecordedResponse): boolean {
  const announced = headers.find(([name]) => name === "content-length")?.[1];
  if (announced === undefined || method === "HEAD" || status === 304) return false;
  return Number(announced) !== body.reduce((sum, { length }) => sum + length, 0);
}

/** What Envoy takes away behind the last filter (`ConnectionManagerUtility::mutateResponseHeaders`). */
const ofConnection = new Set(["connection", "transfer-encoding"]);

interface OverTrace {
  http_buffered_trace: {
    request?: { headers_received_time?: string };
    response?: { headers_received_time?: string };
  };
}

/** The part of a bootstrap that is changed here. */
interface Bootstrap {
  static_resources: {
    listeners: { filter_chains: { filters: { typed_config: { http_filters: object[] } }[] }[] }[];
  };
}

const readTrace = (text: string) => readTap(readJsonDocuments(text, "trace"));

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
