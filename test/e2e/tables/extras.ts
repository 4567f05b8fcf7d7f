import type { EngineOptions } from "../engines/engine.js";
import type { HttpCase } from "./http-case.js";

/** How the plugin is run: also as an access logger and a stats sink, and allowed to hold headers back alone. */
export const options: EngineOptions = {
  alsoAs: ["access-log", "stats"],
  allowOnHeadersStopIteration: true,
  vmConfig: '{"of": "the VM"}',
};

/** What test/e2e/filters/extras must do: the rarer parts of the ABI. */
export const extrasCases: HttpCase[] = [
  {
    name: "reads every value of a repeated header",
    request: {
      path: "/repeated",
      headers: [
        ["x-tag", "b"],
        ["x-other", "1"],
        ["X-Tag", "a, c"],
      ],
    },
    expect: { status: 200, upstream: { "x-all": ["b|a, c"], "x-none": ["0"] } },
  },
  {
    name: "knows how large headers are",
    request: { path: "/sizes" },
    expect: { status: 200, upstream: { "x-grown": ["10"] } },
  },
  {
    name: "knows how long a body is",
    request: { method: "POST", path: "/body-length", body: "body", trailers: [["x-sum", "0"]] },
    expect: {
      status: 200,
      upstreamBody: "body..",
      logs: [
        { level: "info", message: "size 4, length 4, then 6" },
        { level: "info", message: "access: /body-length 200 2" },
      ],
    },
  },
  {
    name: "knows which messages the log keeps",
    request: { path: "/level" },
    expect: { status: 200, upstream: { "x-level": ["2"], "x-debug": ["off"], "x-error": ["on"] } },
  },
  {
    name: "reads, changes and removes request trailers",
    request: {
      method: "POST",
      path: "/trailers",
      body: "x",
      trailers: [
        ["x-sum", "1"],
        ["x-secret", "2"],
      ],
    },
    expect: { status: 200, upstreamTrailers: { "x-sum": ["1 seen"], "x-secret": [] } },
  },
  {
    name: "reads response trailers and adds to them",
    request: { path: "/trailers" },
    answer: {
      body: "x",
      trailers: [
        ["a", "1"],
        ["b", "2"],
      ],
    },
    expect: { status: 200, body: "x", trailers: { a: ["1"], b: ["2"], "x-count": ["2"] } },
  },
  {
    name: "cuts a stream off before it has reached the upstream",
    request: { path: "/reset" },
    expect: { status: 0, upstream: null },
  },
  {
    name: "cuts a stream off when the response has come",
    request: { path: "/reset-late" },
    answer: { body: "x" },
    expect: { status: 0 },
  },
  {
    name: "changes request headers after it has read the body",
    request: { method: "POST", path: "/late", body: "the body" },
    expect: { status: 200, upstream: { "x-body": ["the body"] }, upstreamBody: "the body" },
  },
  {
    name: "holds back the body with the headers",
    config: '{"role": "wait"}',
    request: { method: "POST", path: "/wait", body: "the body" },
    expect: { status: 200, upstreamBody: "the body" },
  },
  {
    name: "hears of metadata",
    request: { path: "/metadata", metadata: true },
    expect: {
      status: 200,
      logs: [
        { level: "info", message: "request metadata: 2" },
        { level: "info", message: "response metadata: 2" },
        { level: "info", message: "access: /metadata 200 2" },
      ],
    },
  },
  {
    name: "finds the addresses of a name",
    request: { path: "/dns/127.0.0.1" },
    expect: { status: 200, upstream: { "x-asked": ["0"], "x-found": ["yes"], "x-address": ["127.0.0.1:0"] } },
  },
  {
    name: "is told that a name has no address",
    request: { path: "/dns/none.onion" },
    expect: { status: 200, upstream: { "x-asked": ["0"], "x-found": ["no"] } },
  },
  {
    name: "reads the configuration of its VM",
    request: { path: "/vm" },
    expect: {
      status: 200,
      logs: [
        { level: "info", message: "access: /vm 200 2" },
        { level: "info", message: "the VM 16" },
      ],
    },
  },
  {
    name: "sees the proxy's own numbers",
    request: { path: "/count" },
    expect: {
      status: 200,
      logs: [
        { level: "info", message: "access: /count 200 2" },
        { level: "info", message: "stats: 1 requests, level 7" },
      ],
    },
  },
  {
    name: "delays its end, and then ends",
    config: '{"role": "slow-end"}',
    request: { path: "/" },
    reconfigure: '{"role": "new"}',
    expect: {
      status: 200,
      logs: [
        { level: "info", message: "access: / 200 2" },
        { level: "info", message: "the end is near" },
        { level: "info", message: "the end" },
      ],
    },
  },
];
