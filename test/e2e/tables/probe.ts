import type { HttpCase } from "./http-case.js";

/** What test/e2e/filters/probe must do: each part of the SDK's HTTP side. */
export const probeCases: HttpCase[] = [
  {
    name: "tells absent, empty and present headers apart",
    request: {
      path: "/get",
      headers: [
        ["x-empty", ""],
        ["x-name", "grüße"],
        ["x-raw", "a\u00e9\u00fcb"],
      ],
    },
    expect: {
      status: 200,
      upstream: {
        "x-absent-is": ["null, NotFound"],
        "x-empty-is": ["empty, Ok"],
        "x-equals": ["same"],
        "x-has": ["yes"],
        "x-raw-length": ["6"],
      },
    },
  },
  {
    name: "sees all headers, repeated ones in order",
    request: {
      path: "/all",
      headers: [
        ["x-tag", "b"],
        ["x-other", "1"],
        ["X-Tag", "a"],
      ],
    },
    expect: { status: 200, upstream: { "x-tags": ["b;a;"], "x-first-tag": ["b"], "x-tag": ["b", "a"] } },
  },
  {
    name: "adds, replaces and removes request headers, and rewrites the path",
    request: {
      path: "/change",
      headers: [
        ["x-added", "zero"],
        ["x-replaced", "old"],
        ["x-replaced", "older"],
        ["x-removed", "1"],
        ["x-removed", "2"],
      ],
    },
    expect: {
      status: 200,
      upstreamPath: "/elsewhere",
      upstream: { "x-added": ["zero", "one", "two"], "x-replaced": ["new"], "x-removed": [] },
    },
  },
  {
    name: "replaces all request headers at once",
    request: { path: "/set-all", headers: [["x-gone", "1"]] },
    expect: {
      status: 200,
      upstreamPath: "/set",
      upstream: { "x-only": ["this"], "x-gone": [], host: ["set.example"] },
    },
  },
  {
    name: "answers in place of the upstream, and sees its own answer pass",
    request: { path: "/deny" },
    expect: {
      status: 403,
      body: "no entry\n",
      upstream: null,
      response: {
        "x-why": ["probe", "test"],
        "content-length": ["9"],
        "x-path": ["/deny"],
        "x-end-of-stream": ["false"],
      },
    },
  },
  {
    name: "answers in place of the upstream's response",
    request: { path: "/deny-late" },
    answer: { body: "from the upstream" },
    expect: { status: 502, body: "late\n" },
  },
  {
    name: "knows a response without a body",
    request: { method: "HEAD", path: "/" },
    expect: { status: 200, response: { "x-end-of-stream": ["true"] } },
  },
  {
    name: "logs at Envoy's levels, and through the whole life of a stream",
    request: { path: "/log" },
    expect: {
      status: 200,
      logs: [
        { level: "info", message: "grüße 🎉" },
        { level: "warn", message: "a warning" },
        { level: "error", message: "an error" },
        { level: "info", message: "logged" },
        { level: "info", message: "done" },
        { level: "info", message: "deleted" },
      ],
    },
  },
  {
    name: "reads its configuration as text, bytes and JSON",
    config: '{"accept": true, "text": "ü"}',
    request: { path: "/config" },
    expect: {
      status: 200,
      upstream: { "x-config": ['{"accept": true, "text": "ü"}'], "x-config-bytes": ["30"] },
    },
  },
  {
    name: "a trap costs a 503, and the log names the place",
    request: { path: "/trap" },
    expect: {
      status: 503,
      upstream: null,
      logs: [{ level: "critical", message: "abort: on purpose at assembly/index.ts:94:31" }],
    },
  },
];
