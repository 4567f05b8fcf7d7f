import { createRequire } from "node:module";
import type * as Cel from "@bufbuild/cel";
import type { Context } from "../contexts/context.js";
import { fromByteString } from "../headers/bytes.js";
import { encodePairs, type Pair } from "../headers/pairs.js";
import type { PropertyMap, PropertyValue } from "../properties/value.js";
import { WasmResult } from "../status.js";

/** A program: gives a value or an error for the properties of a context. */
export type CelProgram = (context: Context) => string | number;

type Library = typeof Cel;
type Expr = NonNullable<ReturnType<Library["parse"]>["expr"]>;

// Most filters never evaluate anything, and the library is large.
let loaded: Library | undefined;
function library(): Library {
  loaded ??= createRequire(import.meta.url)("@bufbuild/cel") as Library;
  return loaded;
}

/** The functions that Envoy's evaluator has (`RegisterBuiltinFunctions` of cel-cpp), operators apart. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  ..."size contains startsWith endsWith matches".split(" "),
  ..."int uint double string bytes bool dyn type duration timestamp".split(" "),
  ..."getFullYear getMonth getDayOfYear getDayOfMonth getDate getDayOfWeek".split(" "),
  ..."getHours getMinutes getSeconds getMilliseconds".split(" "),
]);
/** Those that may also be called with the text as their first argument, where the library wants it in front. */
const ON_TEXT: ReadonlySet<string> = new Set(["contains", "startsWith", "endsWith", "matches"]);

/** Why an expression does not become a program: it does not parse, or names a function that Envoy's evaluator lacks. */
export type CelRefusal = "parse" | "compile";

/** Compiles an expression as `expr_create` does. */
export function compileCel(source: string): CelProgram | CelRefusal {
  const { parse, plan, celEnv, isCelError } = library();
  let parsed: ReturnType<Library["parse"]>;
  try {
    parsed = parse(source);
  } catch {
    return "parse";
  }
  if (!adapt(parsed.expr)) return "compile";
  const evaluate = plan(celEnv(), parsed);
  return (context) => {
    const value = evaluate(new Proxy({}, { get: (_target, name) => variable(context, String(name)) }));
    return isCelError(value) ? WasmResult.InternalFailure : serialize(value);
  };
}

/** Names that stand for types; the library looks for variables first. */
const TYPE_NAMES: ReadonlySet<string> = new Set(
  "bool bytes double int list map null_type string type uint google".split(" "),
);

// The library asks for `a.b` as a whole before it asks for `a`.
function variable(context: Context, name: string): Cel.CelInput | Cel.CelError | undefined {
  const value = input(context.property(name), name);
  if (value !== undefined || name.includes(".") || TYPE_NAMES.has(name)) return value;
  return library().celError(`no such attribute: ${name}`);
}

// Looks for functions that are not there; puts the text in front where it was given as an argument.
function adapt(expr: Expr | undefined): boolean {
  const kind = expr?.exprKind;
  if (kind?.case === "callExpr") {
    const call = kind.value;
    const name = call.function;
    if (call.target === undefined && ON_TEXT.has(name) && call.args.length === 2)
      call.target = call.args.shift()!;
    if (/^[a-z]/i.test(name) && !FUNCTIONS.has(name)) return false;
    return [call.target, ...call.args].every(adapt);
  }
  if (kind?.case === "selectExpr") return adapt(kind.value.operand);
  if (kind?.case === "listExpr") return kind.value.elements.every(adapt);
  if (kind?.case === "structExpr")
    return kind.value.entries.every(
      ({ keyKind, value }) => adapt(keyKind.case === "mapKey" ? keyKind.value : undefined) && adapt(value),
    );
  if (kind?.case !== "comprehensionExpr") return true;
  const { iterRange, accuInit, loopCondition, loopStep, result } = kind.value;
  return [iterRange, accuInit, loopCondition, loopStep, result].every(adapt);
}

/** Properties whose integer is a time, a duration or unsigned. Envoy's attributes, by path. */
const TIMES = new Set(["request.time"]);
const DURATIONS = new Set(["request.duration"]);
const UNSIGNED = new Set(["connection_id", "connection.id", "upstream.request_attempt_count"]);

function input(value: PropertyValue | undefined, path: string): Cel.CelInput | undefined {
  if (typeof value === "string") return fromByteString(value);
  if (typeof value === "object") return mapInput(value, path);
  if (typeof value !== "bigint") return value;
  const { run, celUint } = library();
  if (TIMES.has(path)) return run("timestamp(0) + duration(ns)", { ns: `${value}ns` }) as Cel.CelValue;
  if (DURATIONS.has(path)) return run("duration(ns)", { ns: `${value}ns` }) as Cel.CelValue;
  return UNSIGNED.has(path) ? celUint(value) : value;
}

/** Properties that have fields, and no value of their own. */
const onlyFields = new WeakSet<object>();

function mapInput(map: PropertyMap, path: string): Cel.CelInput {
  const entries = () => (map.pairs?.() ?? []).map(([name, value]) => [name, fromByteString(value)] as const);
  const like = {
    get: (key: unknown) => (typeof key === "string" ? input(map.field(key), `${path}.${key}`) : undefined),
    has: (key: unknown) => typeof key === "string" && map.field(key) !== undefined,
    keys: () =>
      entries()
        .map(([name]) => name)
        [Symbol.iterator](),
    values: () =>
      entries()
        .map(([, value]) => value)
        [Symbol.iterator](),
    entries: () => entries()[Symbol.iterator](),
    forEach: (call: (value: string, key: string) => void) => {
      for (const [name, value] of entries()) call(value, name);
    },
    get size() {
      return entries().length;
    },
  };
  const celMap = library().celMap(like as never);
  if (map.pairs === undefined) onlyFields.add(celMap);
  return celMap;
}

/** The bytes (as a byte string) that Envoy hands over (`serializeValue` in context.cc), or an ABI status. */
function serialize(value: Cel.CelValue): string | number {
  const { isCelUint, isCelList, isCelMap } = library();
  if (typeof value === "string") return Buffer.from(value, "utf8").toString("latin1");
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  if (typeof value === "boolean") return value ? "\x01" : "\x00";
  if (typeof value === "bigint") return word(value);
  if (isCelUint(value)) return word(value.value);
  if (typeof value === "number") {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeDoubleLE(value);
    return bytes.toString("latin1");
  }
  if (isCelList(value)) return serializePairs(Array.from(value, (item) => [item, undefined] as const));
  if (isCelMap(value))
    return onlyFields.has(value) ? WasmResult.SerializationFailure : serializePairs([...value.entries()]);
  const nanoseconds = nanosecondsOf(value);
  return nanoseconds === undefined ? WasmResult.SerializationFailure : word(nanoseconds);
}

function serializePairs(
  entries: readonly (readonly [Cel.CelValue, Cel.CelValue | undefined])[],
): string | number {
  const pairs: Pair[] = [];
  for (const [key, value] of entries) {
    const name = serialize(key);
    const content = value === undefined ? "" : serialize(value);
    if (typeof name === "number") return name;
    if (typeof content === "number") return content;
    pairs.push([name, content]);
  }
  return encodePairs(pairs).toString("latin1");
}

function word(value: bigint): string {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes.toString("latin1");
}

// A timestamp or a duration.
function nanosecondsOf(value: Cel.CelValue): bigint | undefined {
  const message = (value as { message?: { $typeName?: string; seconds?: bigint; nanos?: number } } | null)
    ?.message;
  if (!/^google\.protobuf\.(Timestamp|Duration)$/.test(message?.$typeName ?? "")) return undefined;
  return message!.seconds! * 1_000_000_000n + BigInt(message!.nanos!);
}
