import { Op, Program } from "./program";

/** Where in a text an instruction stands. */
export class Around {
  /** The byte before; below 0 at the start. */
  before: i32 = -1;
  /** The byte behind; below 0 at the end. */
  after: i32 = -1;

  /** Whether a condition holds here. */
  holds(op: Op): bool {
    if (op == Op.Start) return this.before < 0;
    if (op == Op.End) return this.after < 0;
    if (op == Op.LineStart) return this.before < 0 || isLineEnd(this.before);
    if (op == Op.LineEnd) return this.after < 0 || isLineEnd(this.after);
    return (isWordByte(this.before) != isWordByte(this.after)) == (op == Op.WordEdge);
  }
}

/** The separators of lines and paragraphs are looked for by whoever sets the bytes: they become a line feed here. */
function isLineEnd(byte: i32): bool {
  return byte == 0x0a || byte == 0x0d;
}

function isWordByte(byte: i32): bool {
  const letter = (byte | 0x20) - 0x61;
  return byte >= 0 && ((letter >= 0 && letter < 26) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5f);
}

/** A set of instructions that keeps the order in which they were added. */
export class PlaceSet {
  count: i32 = 0;
  private dense: StaticArray<i32>;
  private sparse: StaticArray<i32>;

  /** @param size places are below it */
  constructor(size: i32) {
    this.dense = new StaticArray<i32>(size);
    this.sparse = new StaticArray<i32>(size);
  }

  /** The place that was added as the `index`th. */
  at(index: i32): i32 {
    return unchecked(this.dense[index]);
  }

  has(place: i32): bool {
    const at = unchecked(this.sparse[place]);
    return at < this.count && unchecked(this.dense[at]) == place;
  }

  /** Adds a place; false when it is there already. */
  add(place: i32): bool {
    if (this.has(place)) return false;
    unchecked((this.sparse[place] = this.count));
    unchecked((this.dense[this.count++] = place));
    return true;
  }

  clear(): void {
    this.count = 0;
  }
}

/**
 * Adds a place and all that follow from it without a byte. Conditions that need the end of the text are kept in the set
 * until it is known.
 *
 * @param stack as long as twice the program, and used during the call only
 * @returns how many steps it took
 */
export function follow(
  program: Program,
  set: PlaceSet,
  place: i32,
  around: Around,
  stack: StaticArray<i32>,
): i32 {
  let top = 0;
  let steps = 0;
  unchecked((stack[top++] = place));
  while (top > 0) {
    const at = unchecked(stack[--top]);
    steps++;
    if (!set.add(at)) continue;
    const op = program.op(at);
    if (op == Op.Split) {
      unchecked((stack[top++] = program.y(at)));
      unchecked((stack[top++] = program.x(at)));
    } else if (op == Op.Jump) unchecked((stack[top++] = program.x(at)));
    else if (op == Op.Save || op == Op.Unset || (op >= Op.Start && around.holds(op)))
      unchecked((stack[top++] = at + 1));
  }
  return steps;
}
