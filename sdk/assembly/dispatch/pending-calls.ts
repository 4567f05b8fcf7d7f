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

/** By the number that the host gave the call. */
const pending = new Map<u32, PendingCall>();

/** Sends a request on behalf of the context `owner`. */
export function startCall(
  owner: u32,
  cluster: string,
  headers: HeaderList,
  body: string,
  timeoutMilliseconds: u32,
  handler: HttpCallHandler,
): Status {
  const ready = actOn(owner);
  if (ready != Status.Ok) return ready;
  const name = encode(cluster);
  const text = encode(body);
  const status = httpCall(
    bytesOf(name),
    lengthOf(name),
    headers.serialize(),
    headers.serializedLength,
    bytesOf(text),
    lengthOf(text),
    0,
    0,
    timeoutMilliseconds,
  );
  if (status == Status.Ok) pending.set(returnedNumber(), new PendingCall(owner, handler));
  return status;
}

/** Hands an answer to its handler, with the owner in effect; nothing happens when that is gone. */
export function finishCall(token: u32, answer: HttpCallAnswer): void {
  if (!pending.has(token)) return;
  const call = pending.get(token);
  pending.delete(token);
  if (findContext(call.owner) && actOn(call.owner) == Status.Ok) call.handler.onAnswer(answer);
}
