/** A TCP conversation: what is sent, and what must have arrived in all after each step. */
export interface TcpCase {
  name: string;
  /** The plugin's configuration. */
  config: string;
  steps: {
    from: "client" | "upstream";
    data: string;
    /** That side sends no more. */
    end?: true;
    client: string;
    upstream: string;
  }[];
  /** Whether the client has heard by then that nothing more comes; absent: it has not. */
  closed?: boolean;
  /** What the filter has logged once the client is gone. */
  logs?: { level: string; message: string }[];
}

/** What test/e2e/filters/tcp-probe must do: each part of the SDK's network side. */
export const tcpProbeCases: TcpCase[] = [
  {
    name: "lets bytes pass",
    config: "{}",
    steps: [
      { from: "client", data: "ping", client: "", upstream: "ping" },
      { from: "upstream", data: "pong", client: "pong", upstream: "ping" },
    ],
  },
  {
    name: "puts bytes before and behind, and replaces bytes",
    config: '{"mode": "wrap"}',
    steps: [
      { from: "client", data: "ping", client: "", upstream: "<ping>" },
      { from: "upstream", data: "a<b", client: "a[b", upstream: "<ping>" },
    ],
  },
  {
    name: "replaces text",
    config: '{"mode": "upper"}',
    steps: [{ from: "client", data: "größe", client: "", upstream: "GRÖSSE" }],
  },
  {
    name: "holds bytes back until it lets them go",
    config: '{"mode": "line"}',
    steps: [
      { from: "client", data: "one ", client: "", upstream: "" },
      { from: "client", data: "line\n", client: "", upstream: "one line\n" },
      { from: "upstream", data: "answer", client: "answer", upstream: "one line\n" },
    ],
  },
  {
    name: "lets bytes go on from a tick",
    config: '{"mode": "later"}',
    steps: [{ from: "client", data: "wait for me", client: "", upstream: "wait for me" }],
  },
  {
    name: "closes a connection",
    config: '{"mode": "close"}',
    steps: [{ from: "client", data: "x", client: "", upstream: "" }],
    closed: true,
  },
  {
    name: "sees connections come and go",
    config: '{"mode": "log"}',
    steps: [{ from: "client", data: "x", client: "", upstream: "x" }],
    logs: [
      { level: "info", message: "connected" },
      { level: "info", message: "downstream closed" },
    ],
  },
  {
    name: "sees the upstream end",
    config: '{"mode": "log-upstream"}',
    steps: [
      { from: "client", data: "x", client: "", upstream: "x" },
      { from: "upstream", data: "y", end: true, client: "y", upstream: "x" },
    ],
    closed: true,
    logs: [{ level: "info", message: "upstream closed" }],
  },
];
