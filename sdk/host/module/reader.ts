/** Reads a part of a module, from `start` to before `end`. Every method throws a RangeError past its end. */
export class Reader {
  private at: number;
  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    private readonly end: number,
  ) {
    this.at = start;
  }
  get position(): number {
    return this.at;
  }
  get done(): boolean {
    return this.at >= this.end;
  }
  byte(): number {
    if (this.at >= this.end) throw new RangeError("unexpected end of section");
    return this.bytes[this.at++]!;
  }
  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError("number too long");
  }
  name(): string {
    const length = this.varint();
    if (length > this.end - this.at) throw new RangeError("unexpected end of section");
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }
  sub(length: number): Reader {
    if (length > this.end - this.at) throw new RangeError("unexpected end of module");
    this.at += length;
    return new Reader(this.bytes, this.at - length, this.at);
  }
  skip(length: number): void {
    if (length > this.end - this.at) throw new RangeError("unexpected end of section");
    this.at += length;
  }
  /** Passes over numbers of any width, signed or not. */
  skipNumbers(count: number): void {
    for (let left = count; left > 0; left--) {
      let room = 10;
      while (this.byte() >= 0x80) if (--room === 0) throw new RangeError("number too long");
    }
  }
}
