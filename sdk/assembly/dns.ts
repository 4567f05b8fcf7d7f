import { BufferType, Status } from "./abi";
import { findContext } from "./dispatch/dispatcher";
import { actOn } from "./dispatch/effective";
import { getBufferBytes } from "./hostcalls/buffers";
import { resolveDns } from "./hostcalls/dns";
import { returnedLength, returnedNumber, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

/** One address that a name has. */
export class DnsAddress {
  constructor(
    /** The address with a port of 0, as Envoy writes it: `192.0.2.1:0`, `[2001:db8::1]:0`. */
    readonly address: string,
    /** How many seconds the answer may be kept. */
    readonly ttlSeconds: u32,
  ) {}
}

/** What becomes of a name's addresses. Derive from it, and keep in it what they are for. */
export abstract class DnsHandler {
  /** The SDK's own: the context that has asked; 0: no question is open. */
  owner: u32 = 0;

  /** Whether a question is open: asked, and not answered. */
  get isOpen(): bool {
    return this.owner != 0;
  }

  /**
   * The addresses have come; empty: the name has none, or could not be resolved. Hostcalls act on the context that asked;
   * when that is gone, this is not called. What Envoy knows at once (an address, a name of its hosts file) comes before
   * `resolveDns` returns: pause only while `isOpen`.
   */
  abstract onAddresses(addresses: DnsAddress[]): void;
}

/** Who has asked, by the number that the host gave the question. Null until the first: most modules ask for none. */
let questions: Map<u32, DnsHandler> | null = null;
/** Whose question the host has not given a number yet: the answer may come before it does. */
let asking: DnsHandler | null = null;

/** Asks on behalf of the context `owner`. */
export function askForAddresses(owner: u32, name: string, handler: DnsHandler): Status {
  if (handler.isOpen) return Status.BadArgument;
  let status = actOn(owner);
  if (status != Status.Ok) return status;
  const before = asking;
  asking = handler;
  handler.owner = owner;
  status = resolveDns(name);
  if (status != Status.Ok) handler.owner = 0;
  if (handler.isOpen) {
    const token = returnedNumber();
    let open = questions;
    if (!open) {
      open = new Map<u32, DnsHandler>();
      questions = open;
    }
    open.set(token, handler);
  }
  asking = before;
  return status;
}

/** The answer to a question has come; it lies in the buffer of callbacks. */
export function addressesCame(token: u32, size: u32): void {
  const open = questions;
  let handler = asking;
  if (open && open.has(token)) {
    handler = open.get(token);
    open.delete(token);
  }
  if (!handler || !handler.isOpen) return;
  const owner = handler.owner;
  handler.owner = 0;
  if (!findContext(owner)) return;
  // Read before another context comes into effect: the buffer is the callback's.
  const addresses = readAddresses(size);
  if (actOn(owner) == Status.Ok) handler.onAddresses(addresses);
}

/** A count (u32), so many times to live (u32), and so many addresses with a zero byte behind each. */
function readAddresses(size: u32): DnsAddress[] {
  const addresses: DnsAddress[] = [];
  if (size == 0 || getBufferBytes(BufferType.CallData, 0, size) != Status.Ok) return addresses;
  const ptr = returnedPtr();
  const length = returnedLength();
  if (length < 4) return addresses;
  const count = load<u32>(ptr);
  if (<u64>count * 4 + 4 > length) return addresses;
  let at: u32 = 4 + count * 4;
  for (let i: u32 = 0; i < count; i++) {
    let end = at;
    while (end < length && load<u8>(ptr + end)) end++;
    if (end == length) return addresses;
    addresses.push(new DnsAddress(decodeUtf8(ptr + at, end - at), load<u32>(ptr + 4 + <usize>i * 4)));
    at = end + 1;
  }
  return addresses;
}
