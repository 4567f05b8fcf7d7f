/** Header names and values, in order; no pseudo-headers. */
export type RecordedHeaders = [name: string, value: string][];

/** A message as it passed. */
export interface RecordedMessage {
  headers: RecordedHeaders;
  /** The pieces in which it came; empty: there was none. */
  body: Buffer[];
  trailers: RecordedHeaders;
}

/** A request as it passed. */
export interface RecordedRequest extends RecordedMessage {
  method: string;
  /** With query. */
  path: string;
  authority: string;
  scheme: string;
}

/** A response as it passed. */
export interface RecordedResponse extends RecordedMessage {
  status: number;
}

/** A request that the filter sent by itself, and what became of it. */
export interface RecordedCallout {
  cluster: string;
  request: RecordedRequest;
  answer: RecordedResponse | "timeout" | "reset" | "unreachable";
}

/** One exchange through a filter, on all of its sides. */
export interface RecordedExchange {
  /** As it came to the filter. */
  request: RecordedRequest;
  /** What the upstream answered; absent: it was not asked. */
  upstream?: RecordedResponse;
  /** What reached the upstream; absent: nothing did. */
  forwarded?: RecordedRequest;
  /** What the client got; absent: nothing. */
  response?: RecordedResponse;
  /** Whether the filter, or Envoy on its behalf, answered. */
  local: boolean;
  /** Who cut it off; absent: nobody. */
  reset?: "filter" | "client" | "upstream" | "host";
  callouts: RecordedCallout[];
  /** When the request came, in milliseconds of whichever clock the recording goes by. */
  began: number;
  /** Until the response was complete. */
  millis: number;
}

/** One TCP connection through a filter, on both of its sides. */
export interface RecordedConnection {
  /** What the client sent, in the pieces in which it came. */
  send: Buffer[];
  /** What the upstream sent once it had got each piece; empty: nothing. */
  answers: Buffer[];
  /** What the upstream got, and what the client got. */
  forwarded: Buffer;
  received: Buffer;
  /** Who closed it first; absent: both sides said that they were done. */
  closed?: "local" | "remote";
  callouts: RecordedCallout[];
  /** As those of an exchange. */
  began: number;
  millis: number;
}

/** What passed through a filter. */
export type Recorded = RecordedExchange | RecordedConnection;

/** Where exchanges and connections go once they are over. */
export interface ExchangeSink {
  /** @param filter what it went through */
  add(recorded: Recorded, filter: RecordedFilter): void;
  /** Says that something could not be recorded, and why. */
  skipped(what: string, why: string): void;
}

/** The filter that an exchange went through. */
export interface RecordedFilter {
  wasm: Uint8Array;
  /** As the filter got it; empty: none. */
  config: string | Uint8Array;
}

/** The largest body that is recorded, in bytes. */
export const recordedBodyLimit = 256 * 1024;

/** How files and messages call it. */
export function titleOf(recorded: Recorded): { method: string; path: string } {
  return "send" in recorded ? { method: "TCP", path: "connection" } : recorded.request;
}

/** The messages of an exchange; of a connection, what went each way. */
export function messagesOf(recorded: Recorded): RecordedMessage[] {
  if ("send" in recorded) {
    const { send, answers, forwarded, received } = recorded;
    return [send, answers, [forwarded], [received]].map((body) => ({ headers: [], body, trailers: [] }));
  }
  const { request, upstream, forwarded, response, callouts } = recorded;
  const answers = callouts.map(({ answer }) => (typeof answer === "string" ? undefined : answer));
  const all = [
    request,
    upstream,
    forwarded,
    response,
    ...callouts.map((callout) => callout.request),
    ...answers,
  ];
  return all.filter((message) => message !== undefined);
}
