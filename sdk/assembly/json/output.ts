/** Bytes that grow up to a limit. Once there are more, nothing is added any more, and `full` says so. */
export class Output {
  /** Whether there were more than the limit. */
  full: bool = false;
  private buffer: Uint8Array = new Uint8Array(256);
  private used: i32 = 0;

  /** @param limit how many bytes there may be between two calls of `take` */
  constructor(private limit: i32) {}

  /** How many bytes there are. */
  get length(): i32 {
    return this.used;
  }

  /** Room for `size` more bytes, a few thousand at most: where they go; 0 when it is full. `advance` keeps them. */
  room(size: i32): usize {
    if (this.full) return 0;
    const needed = this.used + size;
    if (needed > this.buffer.length) {
      const more = new Uint8Array(max(needed, this.buffer.length + min(this.buffer.length, this.limit)));
      memory.copy(more.dataStart, this.buffer.dataStart, this.used);
      this.buffer = more;
    }
    return this.buffer.dataStart + this.used;
  }

  /** Keeps the first `size` bytes of the room. */
  advance(size: i32): void {
    if (size > this.limit - this.used) this.full = true;
    else this.used += size;
  }

  /** Adds a byte. */
  byte(value: u8): void {
    const at = this.room(1);
    if (!at) return;
    store<u8>(at, value);
    this.advance(1);
  }

  /** Adds bytes. */
  bytes(ptr: usize, length: i32): void {
    if (length > this.limit - this.used) this.full = true;
    const at = this.room(length);
    if (!at) return;
    memory.copy(at, ptr, length);
    this.advance(length);
  }

  /** Adds the characters of a short text in ASCII. */
  ascii(text: string): void {
    const at = this.room(text.length);
    if (!at) return;
    for (let i = 0; i < text.length; i++) {
      store<u8>(at + i, load<u8>(changetype<usize>(text) + ((<usize>i) << 1)));
    }
    this.advance(text.length);
  }

  /** What there is, and begins anew. */
  take(): Uint8Array {
    const taken = this.buffer.slice(0, this.used);
    this.used = 0;
    return taken;
  }
}
