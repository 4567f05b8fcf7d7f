/** A module with something put in between its bytes. It knows where each of them stood before. */
export class RewrittenModule {
  private readonly parts: Uint8Array[] = [];
  private length = 0;
  /** Where each part begins, where it or the instruction that it belongs to stood before, and whether it was copied. */
  private readonly begins: number[] = [];
  private readonly olds: number[] = [];
  private readonly copied: boolean[] = [];

  /** @param functions how many the module had before, imports counted: all further ones were added */
  constructor(
    private readonly original: Uint8Array,
    readonly functions: number,
  ) {}

  /** The bytes from one offset of the original to before another. */
  copy(from: number, to: number): void {
    if (to > from) this.add(this.original.subarray(from, to), from, true);
  }

  /** New bytes, for the instruction at an offset of the original. */
  insert(bytes: readonly number[], at: number): void {
    if (bytes.length > 0) this.add(Uint8Array.from(bytes), at, false);
  }

  private add(part: Uint8Array, old: number, copied: boolean): void {
    this.parts.push(part);
    this.begins.push(this.length);
    this.olds.push(old);
    this.copied.push(copied);
    this.length += part.length;
  }

  /** The whole module. */
  bytes(): Uint8Array {
    return Buffer.concat(this.parts);
  }

  /** True for a byte that was added. */
  isAdded(offset: number): boolean {
    return this.copied[this.partAt(offset)] === false;
  }

  /** Where a byte stood before, or the instruction that an added one belongs to. */
  originalOffset(offset: number): number {
    const part = this.partAt(offset);
    const old = this.olds[part] ?? 0;
    return this.isAdded(offset) ? old : old + (offset - this.begins[part]!);
  }

  private partAt(offset: number): number {
    let low = 0;
    let high = this.begins.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.begins[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
