import { Around, PlaceSet } from "./closure";
import { Op, Program } from "./program";

/**
 * Finds the first match of a program in a text and the places that it keeps, as a backtracking search would, but all
 * ways at once: at each byte every place of the program is visited once at most (Pike's machine).
 */
export class Pike {
  /** How many places were visited, ever. */
  steps: u64 = 0;
  /** The places that were kept, as byte offsets; -1 where nothing was. */
  readonly found: StaticArray<i32>;
  private now: PlaceSet;
  private next: PlaceSet;
  /** What each place of `now` and `next` has kept. */
  private nowKept: StaticArray<i32>;
  private nextKept: StaticArray<i32>;
  private current: StaticArray<i32>;
  private stack: StaticArray<i32>;
  private around: Around = new Around();

  /** @param slots how many places are kept */
  constructor(
    private program: Program,
    private slots: i32,
  ) {
    const length = program.length;
    this.found = new StaticArray<i32>(slots);
    this.current = new StaticArray<i32>(slots);
    this.now = new PlaceSet(length);
    this.next = new PlaceSet(length);
    this.nowKept = new StaticArray<i32>(length * slots);
    this.nextKept = new StaticArray<i32>(length * slots);
    // A place leaves two entries of three words at most.
    this.stack = new StaticArray<i32>(length * 6 + 6);
  }

  /** Searches from byte `from` on. */
  search(ptr: usize, length: i32, from: i32): bool {
    let matched = false;
    const isAnchored = this.program.isAnchored;
    this.now.clear();
    for (let at = from; at <= length; at++) {
      this.look(ptr, length, at);
      // Not in the middle of a character.
      const mayBegin = !matched && (at == 0 || !isAnchored);
      if (mayBegin && (at == length || (load<u8>(ptr + at) & 0xc0) != 0x80)) {
        memory.fill(changetype<usize>(this.current), 0xff, (<usize>this.slots) << 2);
        this.follow(this.now, this.nowKept, 0, at);
      }
      if ((matched || isAnchored) && this.now.count == 0) break;
      const byte = at < length ? <i32>load<u8>(ptr + at) : -1;
      if (this.step(ptr, length, at, byte)) matched = true;
      const now = this.now;
      const kept = this.nowKept;
      this.now = this.next;
      this.nowKept = this.nextKept;
      this.next = now;
      this.nextKept = kept;
    }
    return matched;
  }

  /** Moves every place over a byte; whether one of them is a match, which ends those behind it. */
  private step(ptr: usize, length: i32, at: i32, byte: i32): bool {
    this.next.clear();
    if (byte >= 0) this.look(ptr, length, at + 1);
    for (let i = 0; i < this.now.count; i++) {
      const place = this.now.at(i);
      const op = this.program.op(place);
      this.steps++;
      if (op == Op.Match) {
        this.copy(this.found, 0, this.nowKept, place);
        return true;
      }
      if (byte < 0 || !this.program.takes(place, byte)) continue;
      this.copy(this.current, 0, this.nowKept, place);
      this.follow(this.next, this.nextKept, place + 1, at + 1);
    }
    return false;
  }

  /** Adds a place and all that follow from it, the preferred ones first, with what each has kept. */
  private follow(set: PlaceSet, kept: StaticArray<i32>, place: i32, offset: i32): void {
    const first = this.program.op(place);
    if (first == Op.Byte || first == Op.Set) {
      this.steps++;
      if (set.add(place)) this.copyTo(kept, place);
      return;
    }
    let top = this.push(0, place, -1, 0);
    while (top > 0) {
      top -= 3;
      const at = unchecked(this.stack[top]);
      const slot = unchecked(this.stack[top + 1]);
      // On the way back: what was kept before.
      if (slot >= 0) {
        unchecked((this.current[slot] = this.stack[top + 2]));
        continue;
      }
      this.steps++;
      if (!set.add(at)) continue;
      const op = this.program.op(at);
      if (op == Op.Split) {
        top = this.push(top, this.program.y(at), -1, 0);
        top = this.push(top, this.program.x(at), -1, 0);
      } else if (op == Op.Jump) top = this.push(top, this.program.x(at), -1, 0);
      else if (op == Op.Save || op == Op.Unset) {
        const kind = this.program.x(at);
        top = this.push(top, 0, kind, unchecked(this.current[kind]));
        unchecked((this.current[kind] = op == Op.Save ? offset : -1));
        top = this.push(top, at + 1, -1, 0);
      } else if (op >= Op.Start) {
        if (this.around.holds(op)) top = this.push(top, at + 1, -1, 0);
      } else this.copyTo(kept, at);
    }
  }

  private copyTo(kept: StaticArray<i32>, place: i32): void {
    this.copy(kept, place, this.current, 0);
  }

  private push(top: i32, place: i32, slot: i32, value: i32): i32 {
    unchecked((this.stack[top] = place));
    unchecked((this.stack[top + 1] = slot));
    unchecked((this.stack[top + 2] = value));
    return top + 3;
  }

  private copy(to: StaticArray<i32>, toPlace: i32, from: StaticArray<i32>, fromPlace: i32): void {
    const bytes = (<usize>this.slots) << 2;
    memory.copy(changetype<usize>(to) + toPlace * bytes, changetype<usize>(from) + fromPlace * bytes, bytes);
  }

  /** Sees what is on both sides of an offset. */
  private look(ptr: usize, length: i32, at: i32): void {
    if (!this.program.looksAround) {
      this.around.before = at > 0 ? 0 : -1;
      this.around.after = at < length ? 0 : -1;
      return;
    }
    this.around.before = at > 0 ? lineByte(ptr + at - 1, ptr, true) : -1;
    this.around.after = at < length ? lineByte(ptr + at, ptr + length - 1, false) : -1;
  }
}

/** A byte; a line feed for the one of U+2028 and U+2029 (E2 80 A8 and A9) that touches the place. */
function lineByte(ptr: usize, limit: usize, isBefore: bool): i32 {
  const byte = load<u8>(ptr);
  const start = isBefore ? ptr - 2 : ptr;
  if (isBefore ? byte >> 1 != 0x54 || ptr < limit + 2 : byte != 0xe2 || ptr + 2 > limit) return byte;
  const is = load<u8>(start) == 0xe2 && load<u8>(start, 1) == 0x80 && load<u8>(start, 2) >> 1 == 0x54;
  return is ? 0x0a : byte;
}
