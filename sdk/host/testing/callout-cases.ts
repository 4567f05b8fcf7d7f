import type { Pair } from "../headers/pairs.js";
import { BufferType, MapType, StreamType } from "../status.js";
import type { AgreementCase } from "./agreement.js";
import type { Probe, ProbeStep } from "./probe.js";

const { HttpCallResponseHeaders, HttpCallResponseTrailers } = MapType;

const ALL: Probe = {
  request_headers: {},
  response_headers: {},
  response_body: {},
  http_call_response: {},
  queue_ready: {},
  log: {},
  done: {},
  delete: {},
};

const to = (path: string, more: readonly Pair[] = []): Pair[] => [
  [":method", "GET"],
  [":path", path],
  [":authority", "auth.test"],
  ...more,
];

const callTo = (path: string, more: Partial<Extract<ProbeStep, { do: "httpCall" }>> = {}): ProbeStep => ({
  do: "httpCall",
  cluster: "auth",
  headers: to(path),
  timeout: 2000,
  ...more,
});

/** Everything that a callout's answer can be read by. */
const READ: ProbeStep[] = [
  { do: "get", map: HttpCallResponseHeaders, name: ":status" },
  { do: "get", map: HttpCallResponseHeaders, name: "x-user" },
  { do: "get", map: HttpCallResponseHeaders, name: "content-length" },
  { do: "get", map: HttpCallResponseHeaders, name: "content-type" },
  { do: "pairs", map: HttpCallResponseTrailers },
  { do: "get", map: HttpCallResponseTrailers, name: "x-none" },
  { do: "mapSize", map: HttpCallResponseHeaders },
  { do: "add", map: HttpCallResponseHeaders, name: "x", value: "y" },
  { do: "body", buffer: BufferType.HttpCallResponseBody },
  { do: "bodyStatus", buffer: BufferType.HttpCallResponseBody },
  { do: "setBody", buffer: BufferType.HttpCallResponseBody, start: 0, length: 0, data: "x" },
  { do: "status" },
];
const RESUME: ProbeStep[] = [{ do: "effectiveStream" }, { do: "continue", stream: StreamType.Request }];
const OK = { body: "body", headers: [["x-up", "1"]] as [string, string][] };

/** The table's cases about callouts; `first` is the number of the first of them. */
export function calloutCases(first: number): AgreementCase[] {
  let next = first;
  const paused = (
    name: string,
    call: (path: string) => ProbeStep[],
    answer: NonNullable<AgreementCase["callouts"]>[string],
    steps: readonly ProbeStep[] = [...READ, ...RESUME],
    probe: Probe = {},
  ): AgreementCase => {
    const path = `/case-${next++}/call`;
    return {
      name,
      probe: {
        ...ALL,
        request_headers: { steps: call(path), returns: 1 },
        http_call_response: { steps },
        ...probe,
      },
      callouts: { [path]: answer },
      response: OK,
    };
  };
  const queues = next++;
  return [
    {
      name: "queues: who registered is told, once the callback returned",
      probe: {
        ...ALL,
        configure: { steps: [{ do: "register", queue: "q" }] },
        request_headers: {
          steps: [
            { do: "resolve", queue: "q" },
            { do: "resolve", queue: "q", vmId: `case-${queues}` },
            { do: "resolve", queue: "q", vmId: "nobody" },
            { do: "resolve", queue: "none" },
            { do: "register", queue: "q" },
            { do: "resolve", queue: "q" },
            { do: "dequeue" },
            { do: "enqueue", value: "one" },
            { do: "enqueue", value: "two" },
            { do: "enqueue", value: "" },
            { do: "dequeue" },
            { do: "enqueue", token: 999_999, value: "lost" },
            { do: "dequeue", token: 999_999 },
            { do: "dequeue", token: 0 },
          ],
        },
        queue_ready: { steps: [{ do: "dequeue" }] },
      },
      response: OK,
    },
    paused("a callout's answer is read in its callback, and resumes the request", (path) => [callTo(path)], {
      status: 201,
      headers: [
        ["X-User", "jo"],
        ["x-user", "ann"],
      ],
      body: "welcome",
    }),
    paused(
      "a callout's answer is gone once its callback returned, and readable through the stream until then",
      (path) => [callTo(path)],
      { body: "welcome" },
      [
        { do: "effectiveStream" },
        { do: "get", map: HttpCallResponseHeaders, name: ":status" },
        { do: "body", buffer: BufferType.HttpCallResponseBody },
        { do: "get", map: MapType.RequestHeaders, name: ":path" },
        { do: "set", map: MapType.RequestHeaders, name: "x-user", value: "jo" },
        { do: "continue", stream: StreamType.Request },
      ],
      { response_headers: { steps: READ } },
    ),
    paused("an answer with trailers", (path) => [callTo(path)], {
      body: "welcome",
      trailers: [["X-T", "1"]],
    }),
    paused("an answer without a body", (path) => [callTo(path)], { status: 204 }),
    paused(
      "a callout with headers that repeat, and trailers that are never sent",
      (path) => [
        callTo(path, {
          headers: [...to(path).slice(1), [":method", "POST"], ["X-A", "1"], ["x-a", "2"]],
          trailers: [["x-t", "1"]],
        }),
      ],
      {},
    ),
    paused(
      "a callout with a body",
      (path) => [
        callTo(path, {
          headers: to(path, [
            ["content-type", "a/b"],
            ["content-length", "99"],
          ]),
          body: "question",
        }),
      ],
      {},
    ),
    paused(
      "a callout that nobody answers in time is a 504",
      (path) => [callTo(path, { timeout: 100 })],
      "timeout",
    ),
    paused("a callout that breaks off has nothing to read", (path) => [callTo(path)], "reset"),
    paused("a callout to where nobody listens is a 503", (path) => [callTo(path, { cluster: "nobody" })], {}),
    paused(
      "callouts that cannot be made",
      (path) => [
        callTo(path, { cluster: "unknown" }),
        callTo(path, { cluster: "" }),
        callTo(path, { timeout: -1 }),
        callTo(path, { headers: [] }),
        callTo(path, { headers: to(path).slice(1) }),
        callTo(path, { headers: to(path).filter(([name]) => name !== ":path") }),
        callTo(path, { headers: to(path).slice(0, 2) }),
        callTo(path, { cluster: "down" }),
        callTo(path),
        { do: "status" },
      ],
      {},
    ),
    paused(
      "the status of a broken callout stays, its message does not",
      (path) => [callTo(path)],
      "reset",
      [{ do: "status" }, ...RESUME],
      { response_headers: { steps: [{ do: "status" }] } },
    ),
    paused(
      "a local response from a callout's callback needs the stream's context",
      (path) => [callTo(path)],
      { status: 403 },
      [
        { do: "local", status: 500, body: "lost" },
        { do: "continue", stream: StreamType.Request },
        { do: "close", stream: StreamType.Request },
        { do: "effectiveStream" },
        { do: "local", status: 403, body: "no" },
      ],
    ),
  ];
}
