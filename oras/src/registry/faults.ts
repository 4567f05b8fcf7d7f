import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { empty, type Reply } from "./reply.js";
import type { RegistryRequest } from "./request.js";

/** What goes wrong with one request. */
export type Fault =
  /** Another answer instead of the right one; the request has no effect. */
  | { type: "status"; status: number; headers?: Record<string, string>; body?: string | Uint8Array }
  /** Sent elsewhere. `status` absent: 307. */
  | { type: "redirect"; location: string; status?: number }
  /** The connection is cut before an answer; the request has no effect. */
  | { type: "drop" }
  /** The right headers, then the connection is cut after that many bytes of the body. */
  | { type: "truncate"; bytes: number }
  /** One byte of the body is inverted; `at` absent: the middle one. */
  | { type: "corrupt"; at?: number }
  /** The right headers around another body, whose length is announced as it is. */
  | { type: "body"; body: string | Uint8Array }
  /** Headers set on the right answer; an empty value removes one. */
  | { type: "headers"; headers: Record<string, string> }
  /** A body of that many bytes in chunks without announced length; `bytes` absent: it never ends. */
  | { type: "endless"; bytes?: number }
  /** Milliseconds before it goes on; `then` absent: as if nothing had happened. */
  | { type: "delay"; ms: number; then?: Fault }
  /** Whatever else a test needs: it answers on its own. */
  | { type: "handle"; handle: (request: IncomingMessage, response: ServerResponse) => void };

/** A fault with the requests that it is for. */
export interface FaultRule {
  /** Which requests; a string is `METHOD path-part`, e.g. `GET /blobs/`, or `*` for the method. */
  when: string | ((request: RegistryRequest) => boolean);
  fault: Fault;
  /** How many requests it strikes. Absent: all. */
  times?: number;
}

/** A function that decides for each request, or rules of which the first that fits strikes. */
export type FaultSource = ((request: RegistryRequest) => Fault | undefined) | readonly FaultRule[];

/** Turns a source of either kind into a function that counts how often its rules struck. */
export function faultChooser(
  source: FaultSource | undefined,
): (request: RegistryRequest) => Fault | undefined {
  if (typeof source === "function") return source;
  const rules = (source ?? []).map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
  return (request) => {
    const entry = rules.find(({ rule, left }) => left > 0 && matches(rule, request));
    if (!entry) return undefined;
    entry.left--;
    return entry.rule.fault;
  };
}

function matches({ when }: FaultRule, request: RegistryRequest): boolean {
  if (typeof when === "function") return when(request);
  const [method, part = ""] = when.split(" ");
  return (method === "*" || method === request.method) && request.path.includes(part);
}

/** Waits for delays and returns what remains to go wrong. */
export async function afterDelay(fault: Fault | undefined): Promise<Fault | undefined> {
  if (fault?.type !== "delay") return fault;
  // Not a reason to keep a process alive whose registry is closed.
  await sleep(fault.ms, undefined, { ref: false });
  return afterDelay(fault.then);
}

/** The answer that a fault gives in place of the right one; undefined when the request is to be carried out. */
export function replacement(fault: Fault | undefined): Reply | undefined {
  if (fault?.type === "status") {
    return { status: fault.status, headers: fault.headers ?? {}, body: toBytes(fault.body ?? "") };
  }
  if (fault?.type === "redirect") return empty(fault.status ?? 307, { location: fault.location });
  return undefined;
}

/** Changes the right answer as the fault says. */
export function spoil(reply: Reply, fault: Fault | undefined): Reply {
  if (fault?.type === "corrupt" && reply.body.length > 0) {
    const body = Uint8Array.from(reply.body);
    const at = fault.at ?? body.length >> 1;
    body[at] = (body[at] ?? 0) ^ 0xff;
    return { ...reply, body };
  }
  if (fault?.type === "body") return { ...reply, body: toBytes(fault.body) };
  if (fault?.type === "headers") {
    const headers = Object.entries({ ...reply.headers, ...fault.headers }).filter(
      ([, value]) => value !== "",
    );
    return { ...reply, headers: Object.fromEntries(headers) };
  }
  return reply;
}

function toBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === "string" ? new TextEncoder().encode(body) : body;
}
