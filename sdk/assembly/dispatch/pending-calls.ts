import { Status } from "../abi";
import { HeaderList } from "../http/header-list";
import { HttpCallAnswer, HttpCallHandler } from "../http/http-call";
import { httpCall } from "../hostcalls/http-call";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { returnedPtr } from "../memory/returned";
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
  if (status == Status.Ok) pending.set(<u32>returnedPtr(), new PendingCall(owner, handler));
  return status;
}

/** The owner of a call; 0 when there is no such call. */
export function ownerOf(token: u32): u32 {
  return pending.has(token) ? pending.get(token).owner : 0;
}

/** Hands an answer to its handler, with the owner in effect; `isAlive` tells whether that still exists. */
export function finishCall(token: u32, answer: HttpCallAnswer, isAlive: bool): void {
  if (!pending.has(token)) return;
  const call = pending.get(token);
  pending.delete(token);
  if (!isAlive) return;
  actOn(call.owner);
  call.handler.onAnswer(answer);
}
