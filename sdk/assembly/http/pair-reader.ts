/**
 * Goes through header pairs as the host serializes them: a count (u32), the length of each name and value (u32, u32), then
 * each name and value with a zero byte behind it. Anything malformed ends it where it stands; nothing is copied.
 * https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#serialization
 */
export class PairReader {
  namePtr: usize = 0;
  nameLength: u32 = 0;
  valuePtr: usize = 0;
  valueLength: u32 = 0;
  /** How many pairs there should be. */
  readonly count: u32;
  private index: u32 = 0;
  private at: u64;

  constructor(
    private ptr: usize,
    private length: u32,
  ) {
    const count: u32 = length < 4 ? 0 : load<u32>(ptr);
    const body = <u64>count * 8 + 4;
    this.count = body > length ? 0 : count;
    this.at = body;
  }

  /** Goes to the next pair; false at the end. */
  next(): bool {
    if (this.index == this.count) return false;
    const lengths = this.ptr + 4 + <usize>this.index * 8;
    const nameLength = load<u32>(lengths);
    const valueLength = load<u32>(lengths, 4);
    const valueAt = this.at + nameLength + 1;
    if (valueAt + valueLength + 1 > this.length) {
      this.index = this.count;
      return false;
    }
    this.namePtr = this.ptr + <usize>this.at;
    this.nameLength = nameLength;
    this.valuePtr = this.ptr + <usize>valueAt;
    this.valueLength = valueLength;
    this.at = valueAt + valueLength + 1;
    this.index++;
    return true;
  }
}
