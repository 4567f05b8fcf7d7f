import type { Cell } from "./cells.js";

/** Why some cells are never seen on Envoy, and where its source says so. */
export interface Reason {
  readonly calls: RegExp;
  readonly statuses: readonly number[];
  readonly phases: RegExp;
  readonly why: string;
  /** Files below Envoy's or proxy-wasm-cpp-host's root. */
  readonly source: string;
}

const CONTEXT = "envoy: source/extensions/common/wasm/context.cc";

/** Every cell that no script reaches falls under one of these: a test sees to it. */
export const REASONS: readonly Reason[] = [
  {
    calls: /header_map/,
    statuses: [0, 1, 6],
    phases: /^(root\.context_create|vm_start|configure)$/,
    why: "there is no stream yet, and so no header map",
    source: `${CONTEXT}, Context::getMap`,
  },
  {
    calls: /header_map/,
    statuses: [0, 1, 6],
    phases: /^http\.context_create$/,
    why: "the stream's maps are set after its context was created",
    source: `${CONTEXT}, Context::decodeHeaders`,
  },
  {
    calls: /^(add|replace|remove|set)_header_map|^get_header_map_size/,
    statuses: [0, 6],
    phases: /^http\.log$/,
    why: "in the access log maps are read-only",
    source: `${CONTEXT}, Context::log and getMap`,
  },
  {
    calls: /header_map/,
    statuses: [0, 1, 6],
    phases: /^http\.(done|delete)$/,
    why: "the maps of the access log are taken away before done",
    source: `${CONTEXT}, Context::log and onDestroy`,
  },
  {
    calls: /header_map/,
    statuses: [0, 1, 6],
    phases: /^(tcp\.|new_connection|downstream|upstream)/,
    why: "a connection has no headers",
    source: `${CONTEXT}, Context::getMap`,
  },
  {
    calls: /^set_buffer_bytes$/,
    statuses: [0],
    phases:
      /^(root\.context_create|vm_start|configure|(http|tcp)\.\w+|new_connection|\w+_close|\w+_headers)$/,
    why: "no body and no bytes are there, before the first of them came and once they went on",
    source: `${CONTEXT}, Context::getBuffer`,
  },
  {
    calls: /^set_property$/,
    statuses: [0, 2],
    phases: /^(root\.context_create|vm_start|configure)$/,
    why: "there is no stream that could keep it",
    source: `${CONTEXT}, Context::setProperty`,
  },
  {
    calls: /^(http_call|grpc_call|grpc_stream)$/,
    statuses: [4, 10],
    phases: /^resolve_dns$/,
    why: "the callback comes inside another; a callout that fails at once is then put off for ever, and the worker hangs",
    source: `${CONTEXT}, onHttpCallFailure and onGrpcCloseWrapper; proxy-wasm-cpp-host: include/proxy-wasm/wasm.h, doAfterVmCallActions`,
  },
  {
    calls: /^send_local_response$/,
    statuses: [0],
    phases: /^http\.(log|done|delete)$/,
    why: "Envoy 1.40 crashes: the stream that it is for has ended",
    source: `${CONTEXT}, Context::sendLocalResponse`,
  },
];

/** Statuses of the ABI that a hostcall may give, and that no script can make it give in any callback. */
export const NEVER: readonly { readonly call: string; readonly status: number; readonly why: string }[] = [
  {
    call: "done",
    status: 0,
    why: "it is for a root context that is shut down, which takes an update of Envoy's configuration",
  },
];

/** Callbacks that no script makes Envoy call, and why. */
export const NO_PHASE: Readonly<Record<string, string>> = {
  "root.log": "takes an access logger: test/e2e/tables/extras.ts",
  "root.done, root.delete": "take an update of Envoy's configuration",
  "request_metadata, response_metadata": "take HTTP/2: test/e2e/tables/extras.ts",
  stats_update: "takes a stats sink: test/e2e/tables/extras.ts",
  foreign_function: "Envoy 1.40 never calls it",
  memory_allocate: "all but logging and the clock is refused there: sdk/host/hostcalls/restricted.test.ts",
};

/** Why a cell is not reached; undefined: nobody knows, so a script is missing. */
export const reasonFor = (cell: Cell): Reason | undefined =>
  REASONS.find(
    ({ calls, statuses, phases }) =>
      calls.test(cell.call) && statuses.includes(cell.status) && phases.test(cell.phase),
  );
