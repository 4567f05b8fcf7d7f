import { envoyImport } from "../../../sdk/host/module/signatures.js";
import { wat } from "../../../sdk/host/testing/wat.js";
import { CALLBACKS } from "./callbacks.js";
import { CALL_NAMES } from "./calls.js";
import { MEMORY, ROOT_REGISTER, STREAM_REGISTER } from "./memory.js";

const TYPES: Readonly<Record<string, string>> = { i: "i32", I: "i64" };

/**
 * The one probe filter: it interprets the program that lies in its VM configuration ({@link encodeProgram}), with raw imports
 * and no SDK between it and the host. Every callback and every hostcall becomes one log line, behind a number that tells
 * this VM from others of the same plugin.
 */
export function probeModule(): Uint8Array {
  let names = "";
  const exported = Object.entries(CALLBACKS).map(([name, [params, returns]], index) => {
    const shown = name.replace(/^(proxy|envoy)_on_/, "");
    const at = MEMORY.names + names.length;
    names += shown;
    return callback(name, index, params, returns, `(i32.const ${at}) (i32.const ${shown.length})`);
  });
  const signatures = CALL_NAMES.map((name) => envoyImport("0.2.1", "env", name)!);
  const imports = CALL_NAMES.map((name, index) => {
    const params = operands(signatures[index]!).map((type) => TYPES[type]);
    return `(import "env" "${name}" (func $${name} ${clause(params)} (result i32)))`;
  });
  const doors = CALL_NAMES.map((name, index) => {
    const loads = operands(signatures[index]!).map(
      (type, place) => `(${TYPES[type]}.load (i32.const ${MEMORY.args + place * 8}))`,
    );
    return `(func $do_${name} (result i32) (call $${name} ${loads.join(" ")}))`;
  });
  return wat(`(module
    ${imports.join("\n")}
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 64)
    (data (i32.const ${MEMORY.names}) "${names}")
    (type $door (func (result i32)))
    (table funcref (elem ${CALL_NAMES.map((name) => `$do_${name}`).join(" ")} $trap))
    (global $heap (mut i32) (i32.const ${MEMORY.program}))
    (global $heapStart (mut i32) (i32.const 0))
    (global $at (mut i32) (i32.const ${MEMORY.line}))
    (global $tag (mut i32) (i32.const 0))
    (global $depth (mut i32) (i32.const 0))
    (func (export "proxy_abi_version_0_2_1"))
    (func $trap (result i32) (unreachable))
    ${doors.join("\n")}
    ${CORE}
    ${exported.join("\n")})`);
}

const operands = (signature: string) => [...signature.slice(0, signature.indexOf(">"))];
const clause = (types: readonly (string | undefined)[]) =>
  types.length === 0 ? "" : `(param ${types.join(" ")})`;

function callback(
  name: string,
  index: number,
  params: number,
  returns: number | undefined,
  shown: string,
): string {
  const list = Array.from({ length: params }, (_, place) => `$p${place}`);
  const keep = (register: number) =>
    `(i32.store (i32.const ${MEMORY.registers + register * 4}) (local.get $p0))`;
  const kept =
    name === "proxy_on_context_create"
      ? `(if (i32.eqz (local.get $p1)) (then ${keep(ROOT_REGISTER)}) (else ${keep(STREAM_REGISTER)}))`
      : "";
  const run = `(call $run (i32.const ${index}) (i32.const ${returns ?? 0}))`;
  return `(func (export "${name}") ${list.map((param) => `(param ${param} i32)`).join(" ")}
    ${returns === undefined ? "" : "(result i32) (local $returned i32)"}
    (call $load) ${kept}
    (call $put (i32.const 62)) (call $text ${shown}) (call $put (i32.const 40))
    ${list.map((param) => `(call $number (i64.extend_i32_u (local.get ${param})))`).join(" (call $put (i32.const 44)) ")}
    (call $put (i32.const 41)) (call $line)
    (call $copy (i32.const ${MEMORY.out}) (call $saved))
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    ${returns === undefined ? `(drop ${run})` : `(local.set $returned ${run})`}
    (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
    (call $copy (call $saved) (i32.const ${MEMORY.out}))
    ;; Only a callback inside a hostcall need say where it ends.
    (if (global.get $depth) (then (call $put (i32.const 60)) (call $line)))
    ${returns === undefined ? "" : "(local.get $returned)"})`;
}

const word = (at: string, offset = 0) => `(i32.load offset=${offset} ${at})`;

// A step is: hostcall, label (pointer, size), operands (count, then kind and 64 bits each), outputs (count, then kind,
// pointer and register each).
const CORE = `
  (func (export "proxy_on_memory_allocate") (param $size i32) (result i32) (local $pointer i32)
    (local.set $pointer (global.get $heap))
    (global.set $heap (i32.add (global.get $heap) (i32.and (i32.add (local.get $size) (i32.const 15)) (i32.const -8))))
    (local.get $pointer))
  (func $load
    (if (i32.eqz (global.get $heapStart)) (then
      (drop (call $random (i32.const 0) (i32.const 4)))
      (global.set $tag ${word("(i32.const 0)")})
      (drop (call $proxy_get_buffer_bytes (i32.const 6) (i32.const 0) (i32.const -1) (i32.const 0) (i32.const 4)))
      (global.set $heapStart (global.get $heap))
      (call $start))))
  ;; Every line begins with the VM's own number.
  (func $start
    (global.set $at (i32.const ${MEMORY.line}))
    (call $put (i32.const 64)) (call $number (i64.extend_i32_u (global.get $tag))) (call $put (i32.const 32)))
  (func $saved (result i32)
    (i32.add (i32.const ${MEMORY.saved}) (i32.mul (global.get $depth) (i32.const 64))))
  (func $copy (param $from i32) (param $to i32)
    ${[0, 8, 16, 24, 32, 40].map((at) => `(i64.store offset=${at} (local.get $to) (i64.load offset=${at} (local.get $from)))`).join(" ")})
  (func $put (param $byte i32)
    (if (i32.lt_u (global.get $at) (i32.const ${MEMORY.lineEnd})) (then
      (i32.store8 (global.get $at) (local.get $byte))
      (global.set $at (i32.add (global.get $at) (i32.const 1))))))
  (func $digit (param $value i32)
    (call $put (i32.add (local.get $value)
      (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $value) (i32.const 10))))))
  ;; What is not printable ASCII is shown as \\xNN, so that a value stays on one line of Envoy's log.
  (func $text (param $from i32) (param $size i32) (local $byte i32)
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $size)))
      (local.set $byte (i32.load8_u (local.get $from)))
      (if (i32.or (i32.or (i32.lt_u (local.get $byte) (i32.const 32)) (i32.gt_u (local.get $byte) (i32.const 126)))
                  (i32.eq (local.get $byte) (i32.const 92)))
        (then (call $put (i32.const 92)) (call $put (i32.const 120))
          (call $digit (i32.shr_u (local.get $byte) (i32.const 4)))
          (call $digit (i32.and (local.get $byte) (i32.const 15))))
        (else (call $put (local.get $byte))))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (local.set $size (i32.sub (local.get $size) (i32.const 1)))
      (br $next))))
  (func $number (param $value i64)
    (if (i64.ge_u (local.get $value) (i64.const 10))
      (then (call $number (i64.div_u (local.get $value) (i64.const 10)))))
    (call $put (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $value) (i64.const 10))))))
  (func $line
    (drop (call $proxy_log (i32.const 2) (i32.const ${MEMORY.line})
      (i32.sub (global.get $at) (i32.const ${MEMORY.line}))))
    (global.set $heap (global.get $heapStart))
    (call $start))
  ;; Runs what the program has for this call of a callback: the table has, for each, a count and a pointer to pointers of
  ;; blocks; with the count -1 the one block is for every call.
  (func $run (param $callback i32) (param $default i32) (result i32)
    (local $entry i32) (local $call i32) (local $count i32)
    (local.set $entry (i32.add (i32.const ${MEMORY.program + 8}) (i32.mul (local.get $callback) (i32.const 8))))
    (local.set $call (i32.add (i32.const ${MEMORY.counters}) (i32.mul (local.get $callback) (i32.const 4))))
    (local.set $count ${word("(local.get $entry)")})
    (if (i32.eq (local.get $count) (i32.const -1))
      (then (return (call $block ${word(word("(local.get $entry)", 4))} (local.get $default)))))
    (i32.store (local.get $call) (i32.add ${word("(local.get $call)")} (i32.const 1)))
    (if (i32.gt_u ${word("(local.get $call)")} (local.get $count)) (then (return (local.get $default))))
    (call $block
      ${word(`(i32.add ${word("(local.get $entry)", 4)} (i32.mul (i32.sub ${word("(local.get $call)")} (i32.const 1)) (i32.const 4)))`)}
      (local.get $default)))
  (func $block (param $pc i32) (param $default i32) (result i32) (local $returns i32) (local $steps i32)
    (local.set $returns ${word("(local.get $pc)")})
    (local.set $steps ${word("(local.get $pc)", 4)})
    (local.set $pc (i32.add (local.get $pc) (i32.const 8)))
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $steps)))
      (local.set $pc (call $step (local.get $pc)))
      (local.set $steps (i32.sub (local.get $steps) (i32.const 1)))
      (br $next)))
    (select (local.get $default) (local.get $returns) (i32.eq (local.get $returns) (i32.const -1))))
  (func $step (param $pc i32) (result i32)
    (local $door i32) (local $label i32) (local $size i32) (local $left i32) (local $to i32) (local $status i32)
    (local.set $door ${word("(local.get $pc)")})
    (local.set $label ${word("(local.get $pc)", 4)})
    (local.set $size ${word("(local.get $pc)", 8)})
    (local.set $left ${word("(local.get $pc)", 12)})
    (local.set $pc (i32.add (local.get $pc) (i32.const 16)))
    (local.set $to (i32.const ${MEMORY.args}))
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (i64.store (local.get $to)
        (if (result i64) ${word("(local.get $pc)")}
          (then (i64.extend_i32_u ${word(`(i32.add (i32.const ${MEMORY.registers}) (i32.mul ${word("(local.get $pc)", 4)} (i32.const 4)))`)}))
          (else (i64.load offset=4 (local.get $pc)))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $pc (i32.add (local.get $pc) (i32.const 12)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
    ${[0, 1, 2, 3, 4, 5].map((slot) => `(i64.store (i32.const ${MEMORY.out + slot * 8}) (i64.const 0))`).join(" ")}
    (local.set $status (call_indirect (type $door) (local.get $door)))
    (call $text (local.get $label) (local.get $size))
    (call $put (i32.const 61)) (call $number (i64.extend_i32_u (local.get $status)))
    (local.set $left ${word("(local.get $pc)")})
    (local.set $pc (i32.add (local.get $pc) (i32.const 4)))
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (if (i32.eqz (local.get $status)) (then (call $output (local.get $pc))))
      (local.set $pc (i32.add (local.get $pc) (i32.const 12)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
    (call $line)
    (local.get $pc))
  ;; 0: bytes, 1: 32 bits, 2: 64 bits, 3: 32 bits that are kept in a register too.
  (func $output (param $pc i32) (local $kind i32) (local $at i32)
    (local.set $kind ${word("(local.get $pc)")})
    (local.set $at ${word("(local.get $pc)", 4)})
    (call $put (i32.const 32))
    (if (i32.eqz (local.get $kind))
      (then (call $text ${word("(local.get $at)")} ${word("(local.get $at)", 8)}))
      (else (call $number (i64.load (local.get $at)))))
    (if (i32.eq (local.get $kind) (i32.const 3))
      (then (i32.store
        (i32.add (i32.const ${MEMORY.registers}) (i32.mul ${word("(local.get $pc)", 8)} (i32.const 4)))
        ${word("(local.get $at)")}))))`;
