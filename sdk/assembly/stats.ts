import { BufferType, Status } from "./abi";
import { getBufferBytes } from "./hostcalls/buffers";
import { returnedLength, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

/** More than this is not read of a block; it is room for some ten thousand names. */
const MAX_BLOCK: u32 = 4 * 1024 * 1024;
const HEADER: u32 = 12;
const COUNTERS: u32 = 1;

/** One of the proxy's own numbers. */
export class Stat {
  constructor(
    /** What Envoy calls it: `cluster.upstream.upstream_rq_total`. */
    readonly name: string,
    /** What it is at the moment. */
    readonly value: u64,
    /** By how much a counter has grown since the last time; 0 for a gauge. */
    readonly delta: u64,
  ) {}
}

/**
 * The proxy's counters and gauges that were ever used, as they stand. What is malformed ends the reading where it stands.
 *
 * Two blocks: a size, a type (1: counters, 2: gauges) and a count, u32 each; then for each stat the length of its name,
 * the name, padding to 8 bytes, the value, and for a counter what it grew by. The count includes stats that were never
 * used and are left out, and Envoy 1.40 announces gigabytes for its gauges, of which it writes a few kilobytes
 * (`Context::onStatsUpdate`): so a block is read in part, and ends at the first name that is none.
 */
export class StatsSnapshot {
  /** Numbers that only grow. */
  readonly counters: Stat[] = [];
  /** Numbers that grow and shrink. */
  readonly gauges: Stat[] = [];

  constructor() {
    this.readBlock(this.readBlock(0));
  }

  /** Reads the block at `start` and returns where it ends. */
  private readBlock(start: u32): u32 {
    if (getBufferBytes(BufferType.CallData, start, HEADER) != Status.Ok || returnedLength() < HEADER)
      return 0;
    const size = load<u32>(returnedPtr());
    const isCounters = load<u32>(returnedPtr(), 4) == COUNTERS;
    let left = load<u32>(returnedPtr(), 8);
    if (getBufferBytes(BufferType.CallData, start, min(size, MAX_BLOCK)) != Status.Ok) return start + size;
    const ptr = returnedPtr();
    const end = returnedLength();
    const stats = isCounters ? this.counters : this.gauges;
    const numbers: u32 = isCounters ? 16 : 8;
    for (let at = HEADER; left > 0 && <u64>at + 4 <= end; left--) {
      const nameLength = load<u32>(ptr + at);
      const numbersAt = (<u64>at + 4 + nameLength + 7) & ~7;
      if (nameLength == 0 || numbersAt + numbers > end || !isName(ptr + at + 4, nameLength)) break;
      const name = decodeUtf8(ptr + at + 4, nameLength);
      const value = load<u64>(ptr + <usize>numbersAt);
      stats.push(new Stat(name, value, isCounters ? load<u64>(ptr + <usize>numbersAt, 8) : 0));
      at = <u32>numbersAt + numbers;
    }
    return start + size;
  }
}

/** Names are printable; what Envoy has not written over need not be. */
function isName(ptr: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(ptr + i);
    if (byte < 0x20 || byte == 0x7f) return false;
  }
  return true;
}
