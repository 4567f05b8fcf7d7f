import type { ScriptExchange, Step } from "../script.js";

/** A request and a response with everything that they can have. */
export const WHOLE: ScriptExchange = {
  method: "POST",
  headers: [["x-a", "1"]],
  body: ["abc"],
  trailers: [["x-t", "2"]],
  response: { headers: [["x-up", "3"]], body: ["defg"], trailers: [["x-rt", "4"]] },
};

/** A request with a body of a known length, and a response with one. */
export const POST: ScriptExchange = {
  method: "POST",
  headers: [["x-a", "1"]],
  body: "0123456789",
  response: { headers: [["x-up", "3"]], body: "answer" },
};

/** A plain request and a response with a body. */
export const GET: ScriptExchange = { response: { headers: [["x-up", "3"]], body: "answer" } };

/** Goes back to the stream that came last and lets its request go on. */
export const RESUME: readonly Step[] = [
  ["set_effective_context", { kept: "stream" }],
  ["continue_stream", 0],
];

/** A callout to the cluster `auth`; its path says what it answers ({@link ../engines/callee}). */
export const call = (path: string, timeout = 1000, cluster = "auth"): Step => [
  "http_call",
  cluster,
  [
    [":method", "GET"],
    [":path", path],
    [":authority", "auth.test"],
  ],
  "",
  [],
  timeout,
];

/** A local response of 403 with a body, a header and details. */
export const LOCAL: Step = ["send_local_response", 403, "not today", "no entry", [["X-Why", "because"]], -1];
