import type { HttpCase } from "./http-case.js";

/** What test/e2e/filters/world must do: bodies, and each part of the SDK around a stream. */
export const worldCases: HttpCase[] = [
  {
    name: "reads whole bodies, replaces and appends",
    request: { method: "POST", path: "/body", body: "some text" },
    answer: { body: "an answer" },
    expect: { status: 200, body: "an answer [seen]", upstreamBody: "SOME TEXT3" },
  },
  {
    name: "holds a request until a tick lets it go",
    request: { path: "/wait" },
    expect: { status: 200 },
  },
  {
    name: "asks another server, and lets the request go on",
    request: { path: "/call/yes" },
    expect: { status: 200, callee: { path: "/call/yes", body: "who?" } },
  },
  {
    name: "asks another server, and answers with its reason",
    request: { path: "/call/no" },
    expect: {
      status: 403,
      body: "because no! 3",
      upstream: null,
      callee: { path: "/call/no", body: "who?" },
    },
  },
  {
    name: "asks another server with bytes",
    request: { path: "/call/bytes" },
    expect: {
      status: 403,
      body: "because no! 3",
      upstream: null,
      callee: { path: "/call/bytes", body: "who?" },
    },
  },
  {
    name: "answers with bytes",
    request: { path: "/bytes" },
    expect: { status: 200, body: "a\0b", upstream: null },
  },
  {
    name: "answers with a gRPC status",
    request: {
      method: "POST",
      path: "/package.Service/Method",
      headers: [["content-type", "application/grpc"]],
    },
    expect: {
      status: 200,
      upstream: null,
      response: {
        "content-type": ["application/grpc"],
        "grpc-status": ["7"],
        "grpc-message": ["not you"],
      },
    },
  },
  {
    name: "puts bytes before and behind a body",
    request: { method: "POST", path: "/ends", body: "body" },
    expect: { status: 200, upstreamBody: "<body>" },
  },
  {
    name: "is told that a cluster does not exist",
    request: { path: "/nowhere" },
    expect: { status: 200, upstream: { "x-status": ["2"] } },
  },
  {
    name: "shares data, and swaps it only if nobody else did",
    request: { path: "/shared" },
    expect: {
      status: 200,
      upstream: {
        "x-absent": ["null, NotFound"],
        "x-read": ["one"],
        "x-swap": ["0"],
        "x-stale": ["8"],
        "x-final": ["two"],
      },
    },
  },
  {
    name: "sends messages through a queue",
    request: { path: "/queue" },
    expect: {
      status: 200,
      upstream: { "x-same": ["yes"], "x-missing": ["1"] },
      logs: [{ level: "info", message: "the inbox has a message" }],
    },
  },
  {
    name: "counts, measures and reads it back",
    request: { path: "/metrics" },
    expect: { status: 200, upstream: { "x-counter": ["3"], "x-gauge": ["6"], "x-histogram": ["0"] } },
  },
  {
    name: "knows properties by their type",
    request: { path: "/properties" },
    expect: {
      status: 200,
      upstream: {
        "x-root-id": ["world"],
        "x-request-path": ["/properties"],
        "x-absent": ["null, NotFound"],
        "x-port": ["there"],
        "x-mtls": ["false"],
      },
    },
  },
  {
    name: "knows the time",
    request: { path: "/clock" },
    expect: { status: 200, upstream: { "x-clock": ["after 2020"], "x-agree": ["yes"] } },
  },
  {
    name: "calls functions of the proxy",
    request: { path: "/foreign" },
    expect: { status: 200, upstream: { "x-unknown": ["null, NotFound"], "x-route": ["0"] } },
  },
];
