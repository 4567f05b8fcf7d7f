import type { CallbackName } from "../probe/callbacks.js";
import type { Behaviour, Block, Script, Step } from "../script.js";

/** What a script needs so that one callback comes: the rest of the script is the caller's. */
export interface Stage {
  /** As cells name it: the callback, with the kind of context in front where there are several. */
  readonly phase: string;
  /** A script in which the callback makes those hostcalls. */
  script(name: string, steps: readonly Step[], waits?: number): Script;
}

const BODIES = {
  method: "POST",
  headers: [["x-a", "1"]],
  body: ["abc"],
  trailers: [["x-t", "2"]],
  response: { headers: [["x-up", "3"]], body: ["defg"], trailers: [["x-rt", "4"]] },
} as const;

const resume: Step[] = [
  ["set_effective_context", { kept: "stream" }],
  ["continue_stream", 0],
];

/** The stream's first callback does this and waits; the answer resumes it. */
const asking = (ask: Step, ends: CallbackName): Behaviour => ({
  request_headers: { steps: [ask], returns: 1 },
  [ends]: { steps: resume },
});

const grpcStream: Step = ["grpc_stream", "grpc", "test.Service", "Echo", []];

// What the stage itself needs comes after the hostcalls that are looked at.
function merged(base: Behaviour, callback: CallbackName, block: Block | readonly Block[]): Behaviour {
  const needed = (base[callback] as Block | undefined)?.steps ?? [];
  const withNeeded = (one: Block): Block => ({ ...one, steps: [...(one.steps ?? []), ...needed] });
  return { ...base, [callback]: Array.isArray(block) ? block.map(withNeeded) : withNeeded(block as Block) };
}

function stage(
  phase: string,
  callback: CallbackName,
  more: Omit<Script, "name" | "does"> = { exchanges: [BODIES] },
  base: Behaviour = {},
  at: (steps: readonly Step[]) => Block | readonly Block[] = first,
): Stage {
  return {
    phase,
    script: (name, steps, waits = 0) => ({
      name,
      ...more,
      ...(waits > 0 && { waits: (more.waits ?? 0) + waits }),
      does: merged(base, callback, at(steps)),
    }),
  };
}

// A callout in a callout's callback would go on for ever: only the first call of a callback does something.
const first = (steps: readonly Step[]) => [{ steps }];
const second = (steps: readonly Step[]) => [{}, { steps }];
const TCP = { connections: [{ send: "hello", finish: "end" }] } as const;
const HTTP_CALL: Step = [
  "http_call",
  "auth",
  [
    [":method", "GET"],
    [":path", "/trailers"],
    [":authority", "auth.test"],
  ],
  "",
  [],
  1000,
];

/** Every callback that a script can make hostcalls in. */
export const STAGES: readonly Stage[] = [
  stage("root.context_create", "context_create", {}),
  stage("vm_start", "vm_start", {}),
  stage("configure", "configure", { config: "plugin config" }),
  stage(
    "tick",
    "tick",
    { waits: 200 },
    // Not before the stream is over, or it would depend on how fast Envoy starts.
    {
      log: { steps: [["set_tick_period_milliseconds", 40]] },
      tick: { steps: [["set_tick_period_milliseconds", 0]] },
    },
  ),
  stage(
    "queue_ready",
    "queue_ready",
    {},
    {
      configure: { steps: [{ call: "register_shared_queue", operands: ["q"], keep: "q" }] },
      request_headers: { steps: [["enqueue_shared_queue", { kept: "q" }, "one"]] },
    },
  ),
  stage("http_call_response", "http_call_response", {}, asking(HTTP_CALL, "http_call_response")),
  stage(
    "grpc_receive_initial_metadata",
    "grpc_receive_initial_metadata",
    {},
    { ...asking(grpcStream, "grpc_close"), grpc_receive_initial_metadata: { steps: [["grpc_close", 6]] } },
  ),
  stage(
    "grpc_receive",
    "grpc_receive",
    {},
    asking(["grpc_call", "grpc", "test.Service", "Echo", [], "question", 1000], "grpc_receive"),
  ),
  stage(
    "grpc_receive_trailing_metadata",
    "grpc_receive_trailing_metadata",
    {},
    { ...asking(grpcStream, "grpc_close"), grpc_receive_initial_metadata: { steps: [["grpc_close", 6]] } },
  ),
  stage(
    "grpc_close",
    "grpc_close",
    {},
    asking(["grpc_call", "grpc", "test.Service", "Fail", [], "question", 1000], "grpc_close"),
  ),
  stage(
    "resolve_dns",
    "resolve_dns",
    {},
    { request_headers: { steps: [["envoy_resolve_dns", "127.0.0.1"]] } },
  ),
  stage("http.context_create", "context_create", undefined, {}, second),
  stage("request_headers", "request_headers"),
  stage("request_body", "request_body"),
  stage("request_trailers", "request_trailers"),
  stage("response_headers", "response_headers"),
  stage("response_body", "response_body"),
  stage("response_trailers", "response_trailers"),
  stage("http.log", "log"),
  stage("http.done", "done"),
  stage("http.delete", "delete"),
  stage("tcp.context_create", "context_create", TCP, {}, second),
  stage("new_connection", "new_connection", TCP),
  stage("downstream_data", "downstream_data", TCP),
  stage("upstream_data", "upstream_data", TCP),
  stage("downstream_connection_close", "downstream_connection_close", TCP),
  stage("upstream_connection_close", "upstream_connection_close", TCP),
  stage("tcp.log", "log", TCP),
  stage("tcp.done", "done", TCP),
  stage("tcp.delete", "delete", TCP),
];
