import { isUtf8 } from "node:buffer";
import { resultName } from "./status.js";

/** What an entry's argument or result can be. Headers, names and messages are byte strings. */
export type CallValue =
  | number
  | bigint
  | string
  | boolean
  | undefined
  | readonly (readonly [string, string])[];

/** One crossing of the border between host and guest, in the order in which they began. */
export interface CallRecord {
  /** `callback`: the host called the guest; `hostcall`: the guest called the host. */
  readonly kind: "callback" | "hostcall";
  /** The ABI's name, such as `proxy_on_request_headers` or `proxy_log`. */
  readonly name: string;
  /** Id of the context that the call was for (a hostcall: the effective one). */
  readonly contextId: number;
  /** In a chain: the filter that was called or that calls. */
  readonly filter?: string;
  /** The arguments, pointers replaced by what they pointed to. */
  readonly args: readonly CallValue[];
  /** What a callback returned or a hostcall's status; undefined for nothing, or when it trapped. */
  result: CallValue;
  /** What a hostcall handed to the guest besides its status; undefined for nothing. */
  readonly output?: CallValue;
}

/** The transcript as text, one line per call; hostcalls are indented under the callback that made them. */
export function formatCalls(calls: readonly CallRecord[]): string {
  return calls
    .map((call) => {
      const args = call.args.map(show).join(", ");
      const filter = call.filter === undefined ? "" : `[${call.filter}] `;
      if (call.kind === "callback")
        return `${filter}${call.name}(${args})${call.result === undefined ? "" : ` = ${show(call.result)}`}`;
      const status = typeof call.result === "number" ? resultName(call.result) : show(call.result);
      return `  ${call.name}(${args}) = ${status}${call.output === undefined ? "" : ` → ${show(call.output)}`}`;
    })
    .join("\n");
}

function show(value: CallValue): string {
  if (typeof value === "bigint") return `${value}n`;
  return value === undefined ? "undefined" : JSON.stringify(value);
}

/** A value in a transcript's JSON: bytes that are no UTF-8 are in base 64, numbers that JSON cannot say are decimal texts. */
export type CallJsonValue =
  | number
  | string
  | boolean
  | null
  | { readonly base64: string }
  | readonly (readonly [CallJsonValue, CallJsonValue])[];

/** An entry of a transcript, as JSON has it. */
export interface CallJson extends Omit<CallRecord, "args" | "result" | "output"> {
  readonly args: readonly CallJsonValue[];
  /** Null: nothing, or it trapped. */
  readonly result: CallJsonValue;
  /** The name of a hostcall's status; absent where it has none. */
  readonly status?: string;
  readonly output?: CallJsonValue;
}

/** The transcript as `JSON.stringify` takes it, with the same entries as {@link formatCalls}. */
export function callsAsJson(calls: readonly CallRecord[]): CallJson[] {
  return calls.map(({ args, result, output, ...call }) => ({
    ...call,
    args: args.map(asJson),
    result: asJson(result),
    ...(call.kind === "hostcall" && typeof result === "number" && { status: resultName(result) }),
    ...(output !== undefined && { output: asJson(output) }),
  }));
}

function asJson(value: CallValue): CallJsonValue {
  if (value === undefined) return null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "string") return textAsJson(value);
  return typeof value === "object"
    ? value.map(([name, text]): [CallJsonValue, CallJsonValue] => [textAsJson(name), textAsJson(text)])
    : value;
}

function textAsJson(byteString: string): CallJsonValue {
  const bytes = Buffer.from(byteString, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : { base64: bytes.toString("base64") };
}
