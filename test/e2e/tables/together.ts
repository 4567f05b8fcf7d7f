import { randomUUID } from "node:crypto";
import type { HttpCase } from "./http-case.js";

/** What test/e2e/filters/together must do: what the SDK makes of several hostcalls. */
export const togetherCases: HttpCase[] = [
  {
    name: "makes calls at the same time and waits for all answers",
    request: { path: "/parallel" },
    expect: { status: 200, upstream: { "x-answers": ["200 - 0; 0 - 0; 403 because 3; all"] } },
  },
  {
    name: "makes calls one after another",
    request: { path: "/sequence" },
    expect: { status: 200, upstream: { "x-steps": ["1:200 2:403"] } },
  },
  {
    name: "has several timers by name",
    request: { path: "/timers" },
    expect: { status: 200, upstream: { "x-fired": ["often once often end 1"] } },
  },
  {
    name: "changes shared data whatever others do",
    // A key that no run before has used: shared data lives as long as the proxy.
    request: { path: "/shared", headers: [["x-key", randomUUID()]] },
    expect: {
      status: 200,
      upstream: { "x-sum": ["40 42"], "x-text": ["0 ba 2"], "x-full": ["0 bab"], "x-one-try": ["8"] },
    },
  },
  {
    name: "keeps request headers for the response",
    request: { path: "/kept", headers: [["x-name", "kept"]] },
    expect: { status: 200, response: { "x-kept": ["kept"] } },
  },
  {
    name: "keeps no request headers unless asked",
    request: { path: "/", headers: [["x-name", "kept"]] },
    expect: { status: 200, response: { "x-kept": ["none"] } },
  },
];
