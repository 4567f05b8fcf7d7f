import type { CallbackName } from "./probe/callbacks.js";
import type { CallName } from "./probe/calls.js";

/**
 * An operand of a hostcall: a number, bytes (text as UTF-8), pairs, or a number that was kept: that of the `stream` whose
 * context was made last, of the `root` context, or what a step kept under a name of its own.
 */
export type Operand =
  | number
  | bigint
  | string
  | Uint8Array
  | readonly (readonly [string, string])[]
  | { readonly kept: string };

/** A hostcall without its prefix. */
export type ShortCallName = CallName extends infer Name
  ? Name extends `proxy_${infer Rest}`
    ? Rest
    : Name
  : never;

/**
 * One hostcall with its operands; out parameters are left out. An object instead keeps the number that comes back under a
 * name, or gives every operand as it is, out parameters and pointers too. `trap` ends the VM.
 */
export type Step =
  | readonly [name: ShortCallName, ...operands: Operand[]]
  | { readonly call: ShortCallName; readonly operands: readonly Operand[]; readonly keep: string }
  | { readonly call: ShortCallName; readonly raw: readonly (number | bigint)[] }
  | "trap";

/** What the probe does in one call of a callback, and what it returns; default 0, or 1 where that means yes. */
export interface Block {
  readonly steps?: readonly Step[];
  readonly returns?: number;
}

/** What the probe does: in every call of a callback, or in the first, the second, … of them. */
export type Behaviour = Partial<Record<CallbackName, Block | readonly Block[]>>;

/** A message as its sender writes it. Several pieces of a body go out one after another, with time between them. */
export interface ScriptMessage {
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | readonly string[];
  readonly trailers?: readonly (readonly [string, string])[];
}

/** One request of the client and what the upstream answers. */
export interface ScriptExchange extends ScriptMessage {
  /** Default GET. */
  readonly method?: string;
  /** Default `/`. */
  readonly path?: string;
  /** Default 200 without a body. */
  readonly response?: ScriptMessage & { readonly status?: number };
  /** The client sends everything but the end of its request, if that has a body, and goes away; the upstream says nothing. */
  readonly abandons?: boolean;
}

/** A TCP conversation with an upstream that sends everything back. */
export interface ScriptConversation {
  readonly send: string | readonly string[];
  /** The client finishes its side and waits for the upstream's end, or its connection breaks. */
  readonly finish: "end" | "reset";
}

/** What both engines play; see README.md. */
export interface Script {
  /** What it shows; unique. */
  readonly name: string;
  readonly does: Behaviour;
  /** One after another, each on a connection of its own; default one plain request. */
  readonly exchanges?: readonly ScriptExchange[];
  /** Instead of exchanges: the probe is a network filter. */
  readonly connections?: readonly ScriptConversation[];
  /** The plugin's configuration; default empty. */
  readonly config?: string;
  /** How long timers run after the last exchange, in milliseconds; default 0. */
  readonly waits?: number;
  /** Bytes of a body that Envoy holds back at most; default 1 MiB. */
  readonly bufferLimit?: number;
  /** Of the plugin's configuration. */
  readonly headersStopAlone?: boolean;
}
