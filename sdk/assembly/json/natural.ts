/** Room for 10^1140, shifted by a few words: more than any number has that is neither 0 nor infinite. */
const WORDS: i32 = 128;

/** A natural number of up to 4,096 bits, for arithmetic that a double would round. */
export class Natural {
  /** The least significant first; those from `count` on are 0. */
  private words: StaticArray<u32> = new StaticArray<u32>(WORDS);
  private count: i32 = 0;

  get isZero(): bool {
    return this.count == 0;
  }

  /** The number of bits up to the highest that is set. */
  get bits(): i32 {
    return this.count ? this.count * 32 - clz(unchecked(this.words[this.count - 1])) : 0;
  }

  /** Multiplies by `factor` and adds `addend`. */
  multiplyAdd(factor: u32, addend: u32): void {
    let carry: u64 = addend;
    for (let i = 0; i < this.count; i++) {
      carry += <u64>unchecked(this.words[i]) * factor;
      unchecked((this.words[i] = <u32>carry));
      carry >>= 32;
    }
    if (carry) unchecked((this.words[this.count++] = <u32>carry));
  }

  /** Multiplies by 10 to the power of `exponent`. */
  scale(exponent: i32): void {
    for (; exponent >= 9; exponent -= 9) this.multiplyAdd(1000000000, 0);
    for (; exponent > 0; exponent--) this.multiplyAdd(10, 0);
  }

  /** Multiplies by 2 to the power of `by`. */
  shift(by: i32): void {
    for (; by >= 31; by -= 31) this.multiplyAdd(1 << 31, 0);
    if (by > 0) this.multiplyAdd(1 << by, 0);
  }

  /** Takes `other` away when it is not the larger one; whether it did. */
  subtract(other: Natural): bool {
    if (this.isBelow(other)) return false;
    let borrow: u64 = 0;
    for (let i = 0; i < this.count; i++) {
      const difference = <u64>unchecked(this.words[i]) - unchecked(other.words[i]) - borrow;
      unchecked((this.words[i] = <u32>difference));
      borrow = difference >> 63;
    }
    while (this.count && !unchecked(this.words[this.count - 1])) this.count--;
    return true;
  }

  private isBelow(other: Natural): bool {
    if (this.count != other.count) return this.count < other.count;
    for (let i = this.count - 1; i >= 0; i--) {
      const a = unchecked(this.words[i]);
      const b = unchecked(other.words[i]);
      if (a != b) return a < b;
    }
    return false;
  }
}
