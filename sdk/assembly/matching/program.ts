/** What an instruction does. */
export enum Op {
  /** A byte from x to y, then on to the next instruction. */
  Byte,
  /** A byte of the set number x, then on to the next instruction. */
  Set,
  /** On to x, and also, after it, to y. */
  Split,
  /** On to x. */
  Jump,
  /** Keeps the place as number x. */
  Save,
  /** Forgets the place number x. */
  Unset,
  /** Found. */
  Match,
  /** Not here. */
  Fail,
  /** On if this is the start of the text. */
  Start,
  /** On if this is the end of the text. */
  End,
  /** On if this is the start of a line. */
  LineStart,
  /** On if this is the end of a line. */
  LineEnd,
  /** On if this is an edge of a word. */
  WordEdge,
  /** On if this is none. */
  NoWordEdge,
}

/** Larger ones are refused: a place costs at most as many steps as there are instructions. */
export const MAX_INSTRUCTIONS: i32 = 16384;

/** A regular expression as instructions for bytes of UTF-8. */
export class Program {
  private ops: u8[] = [];
  private xs: i32[] = [];
  private ys: i32[] = [];
  /** 256 bits for each set. */
  private sets: u64[] = [];
  /** Whether a condition needs the bytes on both sides. */
  looksAround: bool = false;

  get length(): i32 {
    return this.ops.length;
  }

  /** Whether it can match at the start of the text only. */
  get isAnchored(): bool {
    return this.ops.length > 1 && this.op(0) == Op.Save && this.op(1) == Op.Start;
  }

  /** Adds an empty set and returns its number. */
  addSet(): i32 {
    for (let i = 0; i < 4; i++) this.sets.push(0);
    return this.sets.length / 4 - 1;
  }

  /** Puts a byte into a set. */
  allow(set: i32, byte: i32): void {
    const at = set * 4 + (byte >> 6);
    const bit: u64 = byte & 63;
    unchecked((this.sets[at] = this.sets[at] | ((<u64>1) << bit)));
  }

  /** Whether an instruction leads on with a byte. */
  takes(at: i32, byte: i32): bool {
    const op = this.op(at);
    if (op == Op.Byte) return byte >= this.x(at) && byte <= this.y(at);
    if (op != Op.Set) return false;
    const bit: u64 = byte & 63;
    return ((unchecked(this.sets[this.x(at) * 4 + (byte >> 6)]) >> bit) & 1) != 0;
  }

  /** Whether it was too large, and some of it is missing. */
  get isTooLarge(): bool {
    return this.ops.length >= MAX_INSTRUCTIONS;
  }

  /** Adds an instruction and returns its place. */
  add(op: Op, x: i32 = 0, y: i32 = 0): i32 {
    if (this.isTooLarge) return MAX_INSTRUCTIONS - 1;
    if (op >= Op.LineStart) this.looksAround = true;
    this.ops.push(<u8>op);
    this.xs.push(x);
    this.ys.push(y);
    return this.ops.length - 1;
  }

  /** Sets where an instruction leads. */
  lead(at: i32, x: i32, y: i32 = 0): void {
    unchecked((this.xs[at] = x));
    unchecked((this.ys[at] = y));
  }

  op(at: i32): Op {
    return <Op>unchecked(this.ops[at]);
  }

  x(at: i32): i32 {
    return unchecked(this.xs[at]);
  }

  y(at: i32): i32 {
    return unchecked(this.ys[at]);
  }
}
