import type { Block, Script, Step } from "../script.js";
import { STAGES } from "./stages.js";

const MAPS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const NAMES = [":path", "x-t", ":status", "x-rt", "x-i", "x-t", ":status", "x-t"] as const;
const ALL_PAIRS: Readonly<Record<number, readonly (readonly [string, string])[]>> = {
  0: [
    [":authority", "a.test"],
    [":path", "/set"],
    [":method", "POST"],
    [":scheme", "http"],
    // Without it Envoy finds no route.
    ["x-forwarded-proto", "http"],
    ["x-set", "1"],
  ],
  2: [
    [":status", "201"],
    ["x-set", "1"],
  ],
};

const READ_MAPS: readonly Step[] = [
  ...MAPS.flatMap((map): Step[] => [
    ["get_header_map_value", map, NAMES[map]],
    ["get_header_map_value", map, "x-none"],
    ["get_header_map_pairs", map],
    ["get_header_map_size", map],
  ]),
  ["get_header_map_value", 8, "x"],
  ["get_header_map_pairs", 8],
  ["get_header_map_size", 8],
];

const WRITE_MAPS: readonly Step[] = [
  ...MAPS.flatMap((map): Step[] => [
    ["add_header_map_value", map, "x-add", "1"],
    ["replace_header_map_value", map, "x-put", "2"],
    ["remove_header_map_value", map, "x-add"],
    ["set_header_map_pairs", map, ALL_PAIRS[map] ?? [["x-set", "1"]]],
    ["get_header_map_pairs", map],
  ]),
  ["add_header_map_value", 8, "x", "y"],
  ["replace_header_map_value", 8, "x", "y"],
  ["remove_header_map_value", 8, "x"],
  ["set_header_map_pairs", 8, []],
];

const READ_BUFFERS: readonly Step[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((buffer): Step[] => [
  // The VM's configuration is the script itself, and it may be what the call data show.
  ["get_buffer_bytes", buffer, 0, buffer === 6 || buffer === 8 ? 8 : -1],
  ["get_buffer_bytes", buffer, 1, 2],
  ["get_buffer_bytes", buffer, 1_000_000, 1],
  ["get_buffer_status", buffer],
]);

const WRITE_BUFFERS: readonly Step[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((buffer): Step[] => [
  ["set_buffer_bytes", buffer, 0, 0, "<"],
  ["set_buffer_bytes", buffer, 1_000_000, 0, ">"],
  ["set_buffer_bytes", buffer, 1, 1, "-"],
  ["get_buffer_bytes", buffer, 0, buffer === 6 || buffer === 8 ? 8 : -1],
]);

const PROPERTIES: readonly Step[] = [
  ..."plugin_name plugin_root_id plugin_vm_id connection_id connection.id connection.mtls source.address source.port"
    .concat(" destination.address destination.port request.path request.url_path request.host request.method")
    .concat(
      " request.scheme request.protocol request.headers.x-a request.headers.none request.size request.time",
    )
    .concat(
      " request.nothing response.code response.code_details response.headers.x-up response.trailers.x-rt",
    )
    .concat(" response.size response.flags nothing wasm")
    .split(" ")
    .map((path): Step => ["get_property", path.replaceAll(".", "\0")]),
  ["get_property", ""],
  ["set_property", "mine", "1"],
  ["get_property", "mine"],
  ["set_property", "mine", "2"],
  ["get_property", "mine"],
];

const STARTING = new Set(["root.context_create", "vm_start", "configure"]);

// Names are Envoy's for good, so each phase has its own; and what a plugin does while it starts, each of its VMs does, so
// that values can be told only after a record.
const metrics = (phase: string): Step[] => [
  ["define_metric", 0, `${phase}_counter`],
  ["define_metric", 1, `${phase}_gauge`],
  ["define_metric", 2, `${phase}_histogram`],
  ["define_metric", 3, "x"],
  ["increment_metric", 4, 2],
  ["increment_metric", 4, 0],
  ["increment_metric", 4, -1n],
  ["record_metric", 4, 3],
  ...(STARTING.has(phase) ? [] : [["get_metric", 4] as const]),
  ["increment_metric", 5, 5],
  ["increment_metric", 5, -2n],
  ...(STARTING.has(phase) ? [] : [["get_metric", 5] as const]),
  ["record_metric", 5, 9],
  ["get_metric", 5],
  ["increment_metric", 6, 1],
  ["record_metric", 6, 1],
  ["get_metric", 6],
  ["increment_metric", 400, 1],
  ["record_metric", 400, 1],
  ["get_metric", 400],
];

const SHARED: readonly Step[] = [
  ["get_shared_data", "none"],
  ["set_shared_data", "k", "v1", 0],
  ["get_shared_data", "k"],
  ["set_shared_data", "k", "v2", 1_000_000],
  ["set_shared_data", "k", "", 0],
  ["get_shared_data", "k"],
  ["resolve_shared_queue", "", "none"],
  { call: "register_shared_queue", operands: ["mine"], keep: "mine" },
  ["resolve_shared_queue", "", "mine"],
  ["resolve_shared_queue", "nobody", "mine"],
  ["dequeue_shared_queue", { kept: "mine" }],
  ["enqueue_shared_queue", { kept: "mine" }, "one"],
  ["dequeue_shared_queue", { kept: "mine" }],
  ["enqueue_shared_queue", 999_999, "x"],
  ["dequeue_shared_queue", 999_999],
];

const GET_OK: readonly (readonly [string, string])[] = [
  [":method", "GET"],
  [":path", "/body"],
  [":authority", "auth.test"],
];
const CALLOUTS: readonly Step[] = [
  ["http_call", "unknown", GET_OK, "", [], 500],
  ["http_call", "auth", GET_OK.slice(1), "", [], 500],
  ["http_call", "auth", GET_OK, "", [], -1],
  ["http_call", "down", GET_OK, "", [], 500],
  ["grpc_send", 400, "x", 0],
  ["grpc_send", 402, "x", 0],
  ["grpc_close", 400],
  ["grpc_close", 402],
  ["grpc_cancel", 400],
  ["grpc_cancel", 401],
];
// While Envoy starts, its clock runs and its worker does not; later the answer must not come in the middle of the stream.
const calloutsThatGo = (phase: string): readonly Step[] => [
  STARTING.has(phase)
    ? ["http_call", "auth", GET_OK, "", [], 5000]
    : [
        "http_call",
        "auth",
        [
          [":method", "GET"],
          [":path", "/hang"],
          [":authority", "auth.test"],
        ],
        "",
        [],
        700,
      ],
  { call: "grpc_call", operands: ["grpc", "test.Service", "Hang", [], "q", 500], keep: "call" },
  { call: "grpc_stream", operands: ["grpc", "test.Service", "Hang", []], keep: "stream2" },
  ["grpc_send", { kept: "call" }, "m", 0],
  ["grpc_send", { kept: "stream2" }, "m", 0],
  ["grpc_close", { kept: "stream2" }],
  ["grpc_cancel", { kept: "stream2" }],
  ["grpc_close", { kept: "call" }],
];

const OTHERS: readonly Step[] = [
  ["log", 1, "too quiet"],
  ["log", 2, "as usual"],
  ["log", 3, "louder"],
  ["log", 4, "an error"],
  ["log", 5, "the worst"],
  ["log", 6, "no such level"],
  ["get_log_level"],
  ["get_current_time_nanoseconds"],
  ["get_status"],
  ["call_foreign_function", "no_such_function", ""],
  ["call_foreign_function", "uncompress", "no zlib"],
  ["call_foreign_function", "clear_route_cache", ""],
  ["set_effective_context", 9999],
  ["set_effective_context", { kept: "root" }],
  ["get_property", "plugin_root_id"],
  ["set_effective_context", 0],
  ["get_property", "plugin_root_id"],
];

const failing = (phase: string): readonly Step[] =>
  // There the stage's own gRPC stream would still be on its way when the close of these lets the request go on.
  phase === "grpc_receive_initial_metadata" ? [] : FAILING;
const FAILING_STREAM: Step = ["grpc_stream", "down", "test.Service", "Echo", []];
const FAILING: readonly Step[] = [
  ["grpc_call", "nowhere", "test.Service", "Echo", [], "q", 500],
  ["grpc_stream", "nowhere", "test.Service", "Echo", []],
  // A stream to it has a script of its own: it calls back inside the hostcall, and what failed before it would hang Envoy.
  ["grpc_call", "down", "test.Service", "Echo", [], "q", 500],
];

// What acts on a stream is left to scripts of its own; here it is called where there is none, or by the other kind's number.
const streams = (phase: string): readonly Step[] => [
  ["continue_stream", 4],
  ["close_stream", 4],
  ["continue_stream", 3],
  ...(HTTP.test(phase) ? [["continue_stream", 2] as const, ["close_stream", 2] as const] : []),
  ...(TCP.test(phase) ? [["continue_stream", 0] as const, ["close_stream", 1] as const] : []),
  ...(HTTP.test(phase)
    ? []
    : ([
        ["continue_stream", 1],
        ["close_stream", 0],
        ["send_local_response", 403, "", "no", [], -1],
      ] as const)),
  ["done"],
  ["set_tick_period_milliseconds", 0],
  ["envoy_resolve_dns", "127.0.0.1"],
  ["call_foreign_function", "declare_property", Buffer.from([0x0a, 9])],
  ["call_foreign_function", "verify_signature", Buffer.from([0x0a, 9])],
  ["set_effective_context", { kept: "root" }],
  ["set_property", "once", "0"],
  ["set_effective_context", { kept: "stream" }],
  ["set_property", "once", "1"],
  ["set_property", "once", "2"],
];
const HTTP = /^(http\.|request|response)/;
const TCP = /^(tcp\.|new_connection|downstream|upstream)/;

const NOWHERE = 0xfffffff0;
/** Every hostcall with pointers that lie outside the memory. */
const POINTERS: readonly Step[] = [
  { call: "log", raw: [2, NOWHERE, 1] },
  { call: "get_log_level", raw: [NOWHERE] },
  { call: "get_current_time_nanoseconds", raw: [NOWHERE] },
  { call: "get_property", raw: [NOWHERE, 1, 64, 72] },
  { call: "set_property", raw: [NOWHERE, 1, 64, 1] },
  { call: "get_header_map_pairs", raw: [0, NOWHERE, NOWHERE] },
  { call: "set_header_map_pairs", raw: [0, NOWHERE, 4] },
  { call: "get_header_map_size", raw: [0, NOWHERE] },
  { call: "get_header_map_size", raw: [1, NOWHERE] },
  { call: "get_header_map_size", raw: [2, NOWHERE] },
  { call: "get_header_map_size", raw: [3, NOWHERE] },
  { call: "get_header_map_value", raw: [0, NOWHERE, 1, 64, 72] },
  { call: "add_header_map_value", raw: [0, NOWHERE, 1, 64, 1] },
  { call: "replace_header_map_value", raw: [0, 64, 1, NOWHERE, 1] },
  { call: "remove_header_map_value", raw: [0, NOWHERE, 1] },
  { call: "get_buffer_bytes", raw: [0, 0, 9, NOWHERE, NOWHERE] },
  { call: "get_buffer_status", raw: [0, NOWHERE, 64] },
  { call: "set_buffer_bytes", raw: [0, 0, 0, NOWHERE, 1] },
  { call: "send_local_response", raw: [200, NOWHERE, 1, 0, 0, 0, 0, -1] },
  { call: "get_status", raw: [NOWHERE, 64, 72] },
  { call: "get_shared_data", raw: [NOWHERE, 1, 64, 72, 80] },
  { call: "set_shared_data", raw: [NOWHERE, 1, 64, 1, 0] },
  { call: "register_shared_queue", raw: [NOWHERE, 1, 64] },
  { call: "resolve_shared_queue", raw: [NOWHERE, 1, 64, 1, 64] },
  { call: "enqueue_shared_queue", raw: [1, NOWHERE, 1] },
  { call: "define_metric", raw: [0, NOWHERE, 1, 64] },
  { call: "get_metric", raw: [400, NOWHERE] },
  { call: "http_call", raw: [NOWHERE, 1, 0, 0, 0, 0, 0, 0, 0, 64] },
  { call: "grpc_call", raw: [NOWHERE, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64] },
  { call: "grpc_stream", raw: [NOWHERE, 1, 0, 0, 0, 0, 0, 0, 64] },
  { call: "grpc_send", raw: [6, NOWHERE, 1, 0] },
  { call: "call_foreign_function", raw: [NOWHERE, 1, 0, 0, 64, 72] },
  { call: "envoy_resolve_dns", raw: [NOWHERE, 1, 64] },
];

const SWEEPS: Readonly<Record<string, readonly Step[] | ((phase: string) => readonly Step[])>> = {
  "reading every header map": READ_MAPS,
  "changing every header map": WRITE_MAPS,
  "reading every buffer": READ_BUFFERS,
  "changing every buffer": WRITE_BUFFERS,
  properties: PROPERTIES,
  metrics,
  "shared data and queues": SHARED,
  "callouts that cannot be made": CALLOUTS,
  "callouts that go out": calloutsThatGo,
  "gRPC that fails at once": failing,
  "a gRPC stream that fails at once": (phase) =>
    failing(phase)
      .slice(0, 1)
      .map((): Step => FAILING_STREAM),
  "streams, timers, names": streams,
  "logs, time, contexts, foreign functions": OTHERS,
  "pointers outside the memory": POINTERS,
};

// A callout that fails at once in a callback that came during another hostcall is put off by Envoy until no callback runs,
// again and again in the same loop: the worker hangs for ever (`onHttpCallFailure`, source/extensions/common/wasm/context.cc).
const harmless = (phase: string, steps: readonly Step[]) =>
  phase === "resolve_dns"
    ? steps.filter((step) => !(Array.isArray(step) && (step[1] === "down" || step[1] === "nowhere")))
    : steps;

// A property that can be set once must be declared by the root context itself, before any stream.
const DECLARE: Step = [
  "call_foreign_function",
  "declare_property",
  Buffer.from("\n\x04once\x10\x01", "latin1"),
];
const declaring = (script: Script): Script => {
  const { configure } = script.does;
  const before = Array.isArray(configure) ? (configure[0] as Block) : (configure as Block | undefined);
  const steps = [DECLARE, ...(before?.steps ?? [])];
  return { ...script, does: { ...script.does, configure: [{ ...before, steps }] } };
};

/** Everything that can be asked without harm, in every callback. */
export const SWEEP_SCRIPTS: readonly Script[] = STAGES.flatMap((stage) =>
  Object.entries(SWEEPS).flatMap(([what, listed]) => {
    const steps = harmless(stage.phase, typeof listed === "function" ? listed(stage.phase) : listed);
    if (steps.length === 0) return [];
    const script = stage.script(`${stage.phase}: ${what}`, steps, what === "callouts that go out" ? 900 : 0);
    return [what === "streams, timers, names" ? declaring(script) : script];
  }),
);
