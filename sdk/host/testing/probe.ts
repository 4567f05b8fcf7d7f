import { encodePairs, type Pair } from "../headers/pairs.js";
import { IMPORTS } from "./probe-imports.js";
import { wat } from "./wat.js";

/** One hostcall of a probe filter; its status, and what it gives, are logged as `label=status[:value]`. */
export type ProbeStep =
  | { do: "log"; message: string; level?: number }
  | { do: "get"; map: number; name: string }
  | { do: "pairs" | "mapSize"; map: number }
  | { do: "add" | "set"; map: number; name: string; value: string }
  | { do: "remove"; map: number; name: string }
  | { do: "setPairs"; map: number; pairs: readonly Pair[] | Uint8Array }
  | { do: "body"; buffer: number; start?: number; length?: number }
  | { do: "setBody"; buffer: number; start: number; length: number; data: string }
  | { do: "bodyStatus"; buffer: number }
  | { do: "local"; status: number; body?: string; headers?: readonly Pair[]; details?: string; grpc?: number }
  | { do: "continue" | "close"; stream: number }
  | { do: "property"; path: readonly string[] }
  | { do: "setProperty"; path: string; value: string }
  | { do: "define"; type: number; name: string }
  | { do: "increment" | "record"; id: number; by: number }
  | { do: "metric"; id: number }
  | { do: "tick"; period: number }
  | { do: "effective"; context: number }
  | { do: "done" | "logLevel" | "time" }
  | {
      do: "httpCall";
      cluster: string;
      headers: readonly Pair[];
      body?: string;
      trailers?: readonly Pair[];
      timeout?: number;
    }
  | {
      do: "grpcCall";
      service: string;
      method: string;
      message: string;
      metadata?: readonly Pair[];
      timeout?: number;
    }
  | { do: "grpcStream"; service: string; method: string; metadata?: readonly Pair[] }
  | { do: "grpcSend"; token: number; message: string; end?: boolean }
  | { do: "grpcClose" | "grpcCancel"; token: number }
  | { do: "status" }
  | { do: "register"; queue: string }
  | { do: "resolve"; vmId?: string; queue: string }
  /** Without a token: the one that was registered last. */
  | { do: "enqueue"; token?: number; value: string }
  | { do: "dequeue"; token?: number }
  /** Makes the context whose headers came last the effective one. */
  | { do: "effectiveStream" }
  | { do: "foreign"; name: string; argument?: Uint8Array; quiet?: boolean }
  | { do: "setShared"; key: string; value: string; cas: number }
  | { do: "getShared"; key: string }
  /** Writes to stdout (1) or stderr (2). */
  | { do: "print"; fd: number; text: string }
  /** Writes nothing to stdout, and says what that gave. */
  | { do: "printNothing" }
  | { do: "trap" };

/** What one callback does, and what it returns (default 0, or 1 for those that answer a truth). */
export interface ProbeCallback {
  steps?: readonly ProbeStep[];
  returns?: number;
  /** What it returns when the stream ends with it; absent: the same. */
  returnsAtEnd?: number;
}

const CALLBACKS = {
  vm_start: [2, 1],
  configure: [2, 1],
  context_create: [2, undefined],
  tick: [1, undefined],
  request_headers: [3, 0],
  request_body: [3, 0],
  request_trailers: [2, 0],
  response_headers: [3, 0],
  response_body: [3, 0],
  response_trailers: [2, 0],
  new_connection: [1, 0],
  downstream_data: [3, 0],
  upstream_data: [3, 0],
  downstream_connection_close: [2, undefined],
  upstream_connection_close: [2, undefined],
  http_call_response: [5, undefined],
  grpc_receive_initial_metadata: [3, undefined],
  grpc_receive: [3, undefined],
  grpc_receive_trailing_metadata: [3, undefined],
  grpc_close: [3, undefined],
  queue_ready: [2, undefined],
  log: [1, undefined],
  done: [1, 1],
  delete: [1, undefined],
} as const satisfies Record<string, readonly [params: number, returns: number | undefined]>;

/** The callbacks that a probe can have, without their `proxy_on_` prefix. */
export type ProbeCallbackName = keyof typeof CALLBACKS;

/** A filter as data. Every callback that is named logs that it was called, then does its steps. */
export type Probe = Partial<Record<ProbeCallbackName, ProbeCallback>>;

// Memory: 0–63 out parameters, 64–8191 the line being built, then constants, then the heap.
const CONSTANTS = 8192;
const HEAP = 1024 * 1024;

/** Builds the module of a probe. */
export function probeModule(probe: Probe): Uint8Array {
  const constants = new Constants();
  const functions = (Object.keys(probe) as ProbeCallbackName[]).map((name) =>
    callback(name, probe[name]!, constants),
  );
  const imports = Object.entries(IMPORTS).map(
    ([name, params]) =>
      `(import "env" "proxy_${name}" (func $${name} ${params === "" ? "" : `(param ${params})`} (result i32)))`,
  );
  return wat(`(module
    ${imports.join("\n")}
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 64)
    ${constants.data()}
    (global $heap (mut i32) (i32.const ${HEAP}))
    (global $at (mut i32) (i32.const 64))
    (global $stream (mut i32) (i32.const 0))
    (global $queue (mut i32) (i32.const 0))
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "proxy_on_memory_allocate") (param $size i32) (result i32) (local $pointer i32)
      (local.set $pointer (global.get $heap))
      (global.set $heap (i32.add (global.get $heap) (local.get $size)))
      (local.get $pointer))
    (func $put (param $byte i32)
      (i32.store8 (global.get $at) (local.get $byte))
      (global.set $at (i32.add (global.get $at) (i32.const 1))))
    ;; Control bytes are shown as ^@, ^A, …, so that a message stays one line of Envoy's log.
    (func $text (param $from i32) (param $size i32)
      (loop $next
        (if (i32.and (i32.ne (local.get $size) (i32.const 0)) (i32.lt_u (global.get $at) (i32.const 8000)))
          (then
            (if (i32.lt_u (i32.load8_u (local.get $from)) (i32.const 32))
              (then (call $put (i32.const 94)) (call $put (i32.add (i32.load8_u (local.get $from)) (i32.const 64))))
              (else (call $put (i32.load8_u (local.get $from)))))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (local.set $size (i32.sub (local.get $size) (i32.const 1)))
            (br $next)))))
    (func $number (param $value i32)
      (if (i32.ge_u (local.get $value) (i32.const 10))
        (then (call $number (i32.div_u (local.get $value) (i32.const 10)))))
      (call $put (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10)))))
    (func $line
      (drop (call $log (i32.const 2) (i32.const 64) (i32.sub (global.get $at) (i32.const 64))))
      (global.set $at (i32.const 64))
      (global.set $heap (i32.const ${HEAP})))
    ${functions.join("\n")})`);
}

class Constants {
  private readonly found = new Map<string, number>();
  private at = CONSTANTS;

  /** Operands for a pointer and a size. */
  put(bytes: string): string {
    let at = this.found.get(bytes);
    if (at === undefined) {
      at = this.at;
      this.found.set(bytes, at);
      this.at += bytes.length;
    }
    return `(i32.const ${at}) (i32.const ${bytes.length})`;
  }

  data(): string {
    return [...this.found].map(([bytes, at]) => `(data (i32.const ${at}) "${escaped(bytes)}")`).join("\n");
  }
}

function escaped(bytes: string): string {
  return [...Buffer.from(bytes, "latin1")].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}

function callback(name: ProbeCallbackName, does: ProbeCallback, constants: Constants): string {
  const [params, returns] = CALLBACKS[name];
  const names = ["$id", "$size", "$end", "$body", "$trailers"].slice(0, params);
  // Contexts are numbered and headers counted differently by each engine, so only what must agree is said.
  const shown = /_(body|data|close|response)$|^grpc/.test(name) ? "$size" : "";
  const more = params === 5 ? ["$end", "$body", "$trailers"] : [];
  const rest = more
    .map((param) => `(call $put (i32.const 44)) (call $number (local.get ${param}))`)
    .join(" ");
  const remember = name === "request_headers" ? "(global.set $stream (local.get $id))" : "";
  const usual = `(i32.const ${does.returns ?? returns ?? 0})`;
  const answer =
    does.returnsAtEnd === undefined
      ? usual
      : `(select (i32.const ${does.returnsAtEnd}) ${usual} (local.get $end))`;
  const end = params === 3 ? `(call $text ${constants.put(",end=")}) (call $number (local.get $end))` : "";
  return `(func (export "proxy_on_${name}") ${names.map((param) => `(param ${param} i32)`).join(" ")}
    ${returns === undefined ? "" : "(result i32)"} (local $status i32)
    (call $text ${constants.put(`${name}(`)})
    ${shown === "" ? "" : `(call $number (local.get ${shown}))`} ${end} ${rest} ${remember}
    (call $text ${constants.put(")")}) (call $line)
    ${(does.steps ?? []).map((step) => stepText(step, constants)).join("\n")}
    ${returns === undefined ? "" : answer})`;
}

function stepText(step: ProbeStep, constants: Constants): string {
  const text = (value: string) => constants.put(Buffer.from(value, "utf8").toString("latin1"));
  const i = (value: number) => `(i32.const ${value})`;
  const queue = (token: number | undefined) => (token === undefined ? "(global.get $queue)" : i(token));
  const out = "(i32.const 0) (i32.const 4)";
  const VALUE = "(call $put (i32.const 58)) (call $text (i32.load (i32.const 0)) (i32.load (i32.const 4)))";
  const CODE = "(call $put (i32.const 58)) (call $number (i32.load (i32.const 8)))";
  const WORD = "(call $put (i32.const 58)) (call $number (i32.load (i32.const 0)))";
  const call = (name: string, operands: string, shown = "", label: string = step.do) => `
    (i64.store (i32.const 0) (i64.const 0))
    (local.set $status (call $${name} ${operands}))
    (call $text ${text(`${label}=`)}) (call $number (local.get $status))
    ${shown === "" ? "" : `(if (i32.eqz (local.get $status)) (then ${shown}))`}
    (call $line)`;
  switch (step.do) {
    case "log":
      return `(drop (call $log ${i(step.level ?? 2)} ${text(step.message)}))`;
    case "get":
      return call(
        "get_header_map_value",
        `${i(step.map)} ${text(step.name)} ${out}`,
        VALUE,
        `get ${step.map} ${step.name}`,
      );
    case "pairs":
      return call("get_header_map_pairs", `${i(step.map)} ${out}`, VALUE, `pairs ${step.map}`);
    case "mapSize":
      return call("get_header_map_size", `${i(step.map)} (i32.const 0)`, "", `mapSize ${step.map}`);
    case "add":
    case "set":
      return call(
        step.do === "add" ? "add_header_map_value" : "replace_header_map_value",
        `${i(step.map)} ${text(step.name)} ${text(step.value)}`,
        "",
        `${step.do} ${step.map} ${step.name}`,
      );
    case "remove":
      return call("remove_header_map_value", `${i(step.map)} ${text(step.name)}`, "", `remove ${step.map}`);
    case "setPairs": {
      const bytes = step.pairs instanceof Uint8Array ? step.pairs : encodePairs(step.pairs);
      const operands = constants.put(Buffer.from(bytes).toString("latin1"));
      return call("set_header_map_pairs", `${i(step.map)} ${operands}`, "", `setPairs ${step.map}`);
    }
    case "body":
      return call(
        "get_buffer_bytes",
        `${i(step.buffer)} ${i(step.start ?? 0)} ${i(step.length ?? -1)} ${out}`,
        VALUE,
        `body ${step.buffer}`,
      );
    case "setBody":
      return call(
        "set_buffer_bytes",
        `${i(step.buffer)} ${i(step.start)} ${i(step.length)} ${text(step.data)}`,
        "",
        `setBody ${step.buffer}`,
      );
    case "bodyStatus":
      return call("get_buffer_status", `${i(step.buffer)} ${out}`, WORD, `bodyStatus ${step.buffer}`);
    case "local": {
      const headers = constants.put(encodePairs(step.headers ?? []).toString("latin1"));
      return call(
        "send_local_response",
        `${i(step.status)} ${text(step.details ?? "")} ${text(step.body ?? "")} ${headers} ${i(step.grpc ?? -1)}`,
      );
    }
    case "continue":
    case "close":
      return call(`${step.do}_stream`, i(step.stream), "", `${step.do} ${step.stream}`);
    case "property":
      return call("get_property", `${text(step.path.join("\0"))} ${out}`, VALUE, step.path.join("."));
    case "setProperty":
      return call("set_property", `${text(step.path)} ${text(step.value)}`);
    case "define":
      return call("define_metric", `${i(step.type)} ${text(step.name)} (i32.const 0)`, WORD);
    case "increment":
    case "record":
      return call(`${step.do}_metric`, `${i(step.id)} (i64.const ${step.by})`, "", `${step.do} ${step.id}`);
    case "metric":
      return call("get_metric", `${i(step.id)} (i32.const 0)`, WORD, `metric ${step.id}`);
    case "tick":
      return call("set_tick_period_milliseconds", i(step.period));
    case "effective":
      return call("set_effective_context", i(step.context));
    case "httpCall": {
      const pairs = (list: readonly Pair[]) =>
        list.length === 0
          ? "(i32.const 0) (i32.const 0)"
          : constants.put(encodePairs(list).toString("latin1"));
      const sent = `${pairs(step.headers)} ${text(step.body ?? "")} ${pairs(step.trailers ?? [])}`;
      return call("http_call", `${text(step.cluster)} ${sent} ${i(step.timeout ?? 0)} (i32.const 0)`, WORD);
    }
    case "grpcCall":
    case "grpcStream": {
      const metadata = constants.put(encodePairs(step.metadata ?? []).toString("latin1"));
      const what = `${text(step.service)} ${text("test.Service")} ${text(step.method)} ${metadata}`;
      return step.do === "grpcStream"
        ? call("grpc_stream", `${what} (i32.const 0)`, WORD)
        : call("grpc_call", `${what} ${text(step.message)} ${i(step.timeout ?? 0)} (i32.const 0)`, WORD);
    }
    case "grpcSend":
      return call("grpc_send", `${i(step.token)} ${text(step.message)} ${i(step.end === true ? 1 : 0)}`);
    case "grpcClose":
    case "grpcCancel":
      return call(step.do === "grpcClose" ? "grpc_close" : "grpc_cancel", i(step.token));
    case "status":
      return call("get_status", "(i32.const 8) (i32.const 0) (i32.const 4)", `${CODE} ${VALUE}`);
    case "register":
      return call(
        "register_shared_queue",
        `${text(step.queue)} (i32.const 0)`,
        "(global.set $queue (i32.load (i32.const 0)))",
      );
    case "resolve":
      return call(
        "resolve_shared_queue",
        `${text(step.vmId ?? "")} ${text(step.queue)} (i32.const 0)`,
        // Tokens are numbered for a whole Envoy: only whether it is the same one can agree.
        "(call $put (i32.const 58)) (call $number (i32.eq (global.get $queue) (i32.load (i32.const 0))))",
        `resolve ${step.queue}`,
      );
    case "enqueue":
      return call("enqueue_shared_queue", `${queue(step.token)} ${text(step.value)}`);
    case "dequeue":
      return call("dequeue_shared_queue", `${queue(step.token)} ${out}`, VALUE);
    case "effectiveStream":
      return call("set_effective_context", "(global.get $stream)");
    case "done":
      return call("done", "");
    case "logLevel":
      return call("get_log_level", "(i32.const 0)", WORD);
    case "time":
      return call("get_current_time_nanoseconds", "(i32.const 0)");
    case "foreign": {
      // Not address 0, which says that the result is not wanted.
      const argument = constants.put(Buffer.from(step.argument ?? "").toString("latin1"));
      return call(
        "call_foreign_function",
        `${text(step.name)} ${argument} (i32.const 24) (i32.const 28)`,
        step.quiet === true
          ? ""
          : "(call $put (i32.const 58)) (call $text (i32.load (i32.const 24)) (i32.load (i32.const 28)))",
        `foreign ${step.name}`,
      );
    }
    case "setShared":
      return call("set_shared_data", `${text(step.key)} ${text(step.value)} ${i(step.cas)}`);
    case "getShared":
      return call("get_shared_data", `${text(step.key)} ${out} (i32.const 8)`, VALUE);
    case "print": {
      const [pointer, size] = text(step.text).split(/ (?=\()/);
      return `(i32.store (i32.const 16) ${pointer}) (i32.store (i32.const 20) ${size})
        (drop (call $fd_write ${i(step.fd)} (i32.const 16) (i32.const 1) (i32.const 24)))`;
    }
    case "printNothing":
      return call("fd_write", "(i32.const 1) (i32.const 16) (i32.const 0) (i32.const 24)");
    case "trap":
      return "(unreachable)";
  }
}
