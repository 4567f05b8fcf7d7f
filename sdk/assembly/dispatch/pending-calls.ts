import { Status } from "../abi";
import { HeaderList } from "../http/header-list";
import { HttpCallAnswer, HttpCallHandler } from "../http/http-call";
import { httpCall } from "../hostcalls/http-call";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { returnedNumber } from "../memory/returned";
import { findContext } from "./dispatcher";
import { actOn } from "./effective";

/** A call that was sent and not answered yet. */
class PendingCall {
  constructor(
    /** The context that made it. */
    readonly owner: u32,
    readonly handler: HttpCallHandler,
  ) {}
}

/** By the number that the host gave the call. Null until the first: a module that makes none then has no map. */
let pending: Map<u32, PendingCall> | null = null;

/** Sends a request on behalf of the context `owner`. */
export function startCall(
  owner: u32,
  cluster: string,
  headers: HeaderList,
  body: usize,
  size: u32,
  timeoutMilliseconds: u32,
  handler: HttpCallHandler,
): Status {
  const ready = actOn(owner);
  if (ready != Status.Ok) return ready;
  const name = encode(cluster);
  const status = httpCall(
    bytesOf(name),
    lengthOf(name),
    headers.serialize(),
    headers.serializedLength,
    body,
    size,
    // Envoy's own client sends no trailers, whatever it is given.
    0,
    0,
    timeoutMilliseconds,
  );
  if (status != Status.Ok) return status;
  const token = returnedNumber();
  let calls = pending;
  if (!calls) {
    calls = new Map<u32, PendingCall>();
    pending = calls;
  }
  calls.set(token, new PendingCall(owner, handler));
  return status;
}

/** Hands an answer to its handler, with the owner in effect; nothing happens when that is gone. */
export function finishCall(token: u32, answer: HttpCallAnswer): void {
  const calls = pending;
  if (!calls || !calls.has(token)) return;
  const call = calls.get(token);
  calls.delete(token);
  if (findContext(call.owner) && actOn(call.owner) == Status.Ok) call.handler.onAnswer(answer);
}
