import { randomUUID } from "node:crypto";
import type { HttpCase } from "./http-case.js";
import type { TcpCase } from "./tcp-probe.js";

/** What test/e2e/rust must do, as the documentation of the Rust SDK and the ABI say. */
export const rustHttpCases: HttpCase[] = [
  {
    name: "reads, replaces, removes and adds headers",
    config: "headers",
    request: {
      path: "/",
      headers: [
        ["x-one", "1"],
        ["x-gone", "soon"],
      ],
    },
    expect: {
      status: 200,
      upstream: { "x-one": ["1!"], "x-gone": [], "x-more": ["1", "2"], "x-seen": ["true true"] },
      response: { "x-rust": ["yes"] },
    },
  },
  {
    name: "replaces all headers",
    config: "replace-all",
    request: { path: "/", headers: [["x-one", "1"]] },
    expect: { status: 200, upstream: { "x-one": [], "x-only": ["me"] } },
  },
  {
    name: "answers by itself",
    config: "local",
    request: { path: "/" },
    expect: { status: 418, response: { "x-tea": ["pot", "cup"] }, body: "short and stout", upstream: null },
  },
  {
    name: "holds a request's body back and changes it",
    config: "request-body",
    request: { method: "POST", path: "/", body: "größe" },
    expect: { status: 200, upstreamBody: "GRÖSSE" },
  },
  {
    name: "hides a response's body",
    config: "response-body",
    request: { path: "/" },
    answer: { body: "a secret thing" },
    expect: { status: 200, body: "hidden: 14 bytes" },
  },
  {
    name: "leaves another body alone",
    config: "response-body",
    request: { path: "/" },
    answer: { body: "nothing to hide" },
    expect: { status: 200, body: "nothing to hide" },
  },
  {
    name: "changes trailers",
    config: "trailers",
    request: { method: "POST", path: "/", body: "x", trailers: [["x-one", "1"]] },
    answer: { body: "x", trailers: [["x-a", "b"]] },
    expect: { status: 200, upstreamTrailers: { "x-two": ["1 1"] }, trailers: { "x-three": ["3"] } },
  },
  {
    name: "asks another service, which says yes",
    config: "call",
    request: { path: "/call/yes" },
    expect: { status: 200, upstream: { "x-call": ["0 0"] }, callee: { path: "/call/yes", body: "" } },
  },
  {
    name: "asks another service, which says no",
    config: "call",
    request: { path: "/call/no" },
    expect: { status: 403, response: { "x-reason": ["because"] }, body: "no!", upstream: null },
  },
  {
    name: "is told that there is no such cluster",
    config: "nowhere",
    request: { path: "/" },
    expect: { status: 200, upstream: { "x-status": ["Err(BadArgument)"] } },
  },
  {
    name: "reads and writes properties",
    config: "properties",
    request: { path: "/here?a=b" },
    expect: { status: 200, upstream: { "x-properties": ["GET /here?a=b none hi"] } },
  },
  {
    name: "compares and sets shared data",
    config: "shared",
    request: { path: "/", headers: [["x-key", randomUUID()]] },
    expect: {
      status: 200,
      upstream: { "x-shared": ["(None, None) Ok(()) Ok(()) Err(CasMismatch) b"] },
    },
  },
  {
    name: "puts into a queue and takes out of it",
    config: "queue",
    request: { path: "/", headers: [["x-key", randomUUID()]] },
    expect: { status: 200, upstream: { "x-queue": ['true Ok(None) Ok(()) Ok(Some("one"))'] } },
  },
  {
    name: "counts and measures",
    config: "metrics",
    request: { path: "/" },
    expect: { status: 200, upstream: { "x-root": ["false 3 5"] } },
  },
  {
    name: "logs from its level up, also at the end",
    config: "log",
    request: { path: "/logged" },
    expect: {
      status: 200,
      logs: [
        { level: "info", message: "info /logged" },
        { level: "warn", message: "größe" },
        { level: "info", message: "done 200" },
      ],
    },
  },
];

/** The network side of test/e2e/rust. */
export const rustTcpCases: TcpCase[] = [
  {
    name: "changes bytes both ways",
    config: "tcp-upper",
    steps: [
      { from: "client", data: "ping", client: "", upstream: "PING" },
      { from: "upstream", data: "pong", client: "> pong", upstream: "PING" },
    ],
  },
  {
    name: "holds bytes back until it lets them go",
    config: "tcp-line",
    steps: [
      { from: "client", data: "one ", client: "", upstream: "" },
      { from: "client", data: "line\n", client: "", upstream: "one line\n" },
    ],
  },
  {
    name: "counts bytes and hears the end",
    config: "tcp-count",
    steps: [
      { from: "client", data: "12345", client: "", upstream: "12345" },
      { from: "upstream", data: "678", client: "678", upstream: "12345" },
    ],
    logs: [
      { level: "info", message: "connected" },
      { level: "info", message: "the client is gone" },
      { level: "info", message: "8 bytes" },
    ],
  },
];
