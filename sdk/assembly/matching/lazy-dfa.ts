import { Around, follow, PlaceSet } from "./closure";
import { Op, Program } from "./program";

/** States that are kept; with one more all are forgotten and made anew as they are needed. */
const MAX_STATES: i32 = 512;

const UNKNOWN: u16 = 0;
/** Nothing can be found any more. */
const DEAD: u16 = 1;
/** It is found. */
const FOUND: u16 = 2;
const FIRST: u16 = 3;

/**
 * Says whether a program finds anything in a text, byte by byte, with a state that stands for all places of the program
 * at once. A state's way on for a byte is worked out when it is first needed. The program must not look around.
 */
export class LazyDfa {
  /** How many bytes were read and places visited, ever. */
  steps: u64 = 0;
  private classes: StaticArray<u8> = new StaticArray<u8>(256);
  private classCount: i32 = 0;
  /** The way on, by state and class. */
  private table: StaticArray<u16> = new StaticArray<u16>(0);
  private states: Array<StaticArray<i32>> = [];
  private hashes: i32[] = [];
  /** Whether the end of the text, here, is a find. */
  private ends: bool[] = [];
  private set: PlaceSet;
  private stack: StaticArray<i32>;
  private around: Around = new Around();
  private start: u16 = UNKNOWN;

  constructor(private program: Program) {
    this.set = new PlaceSet(program.length);
    this.stack = new StaticArray<i32>(program.length * 2 + 2);
    this.classify();
  }

  /** Whether the program finds anything in a text. */
  test(ptr: usize, length: i32): bool {
    if (this.start == UNKNOWN) this.start = this.startState();
    let state = this.start;
    let at = ptr;
    const end = ptr + length;
    const width = this.classCount;
    while (at < end && state >= FIRST) {
      const byteClass = unchecked(this.classes[load<u8>(at++)]);
      const next = unchecked(this.table[(state - FIRST) * width + byteClass]);
      state = next == UNKNOWN ? this.wayOn(state, byteClass, load<u8>(at - 1)) : next;
    }
    this.steps += at - ptr;
    return state == FOUND || (state >= FIRST && unchecked(this.ends[state - FIRST]));
  }

  /** Bytes that no instruction tells apart are one class. */
  private classify(): void {
    const edges = new StaticArray<bool>(257);
    for (let at = 0; at < this.program.length; at++) {
      const op = this.program.op(at);
      if (op == Op.Byte) {
        unchecked((edges[this.program.x(at)] = true));
        unchecked((edges[this.program.y(at) + 1] = true));
      } else if (op == Op.Set) {
        for (let byte = 1; byte < 256; byte++) {
          if (this.program.takes(at, byte) != this.program.takes(at, byte - 1))
            unchecked((edges[byte] = true));
        }
      }
    }
    let current = 0;
    for (let byte = 0; byte < 256; byte++) {
      if (byte > 0 && unchecked(edges[byte])) current++;
      unchecked((this.classes[byte] = <u8>current));
    }
    this.classCount = current + 1;
  }

  private startState(): u16 {
    this.set.clear();
    this.around.before = -1;
    this.around.after = 0;
    this.steps += follow(this.program, this.set, 0, this.around, this.stack);
    // Its end depends on the start, so it is nobody else's.
    return this.keep(true);
  }

  private wayOn(state: u16, byteClass: u8, byte: u8): u16 {
    const places = unchecked(this.states[state - FIRST]);
    this.set.clear();
    this.around.before = byte;
    this.around.after = 0;
    for (let i = 0; i < places.length; i++) {
      const place = unchecked(places[i]);
      if (!this.program.takes(place, byte)) continue;
      this.steps += follow(this.program, this.set, place + 1, this.around, this.stack);
    }
    this.steps += places.length;
    // It may also begin here.
    this.steps += follow(this.program, this.set, 0, this.around, this.stack);
    const known = this.states.length;
    const next = this.keep(false);
    // All were forgotten: the old one has no row any more.
    if (this.states.length >= known)
      unchecked((this.table[(state - FIRST) * this.classCount + byteClass] = next));
    return next;
  }

  /** The state of the places in the set. */
  private keep(isStart: bool): u16 {
    const places = this.significant();
    for (let i = 0; i < places.length; i++) {
      if (this.program.op(unchecked(places[i])) == Op.Match) return FOUND;
    }
    if (places.length == 0) return DEAD;
    const hash = hashOf(places);
    for (let i = isStart ? this.states.length : 1; i < this.states.length; i++) {
      if (unchecked(this.hashes[i]) == hash && same(unchecked(this.states[i]), places)) return <u16>i + FIRST;
    }
    if (this.states.length >= MAX_STATES) this.forget();
    this.states.push(places);
    this.hashes.push(hash);
    this.ends.push(this.endsWell(places, isStart));
    this.grow();
    return <u16>(this.states.length - 1) + FIRST;
  }

  /** The places that a byte, or the end, can lead on from, in the program's order. */
  private significant(): StaticArray<i32> {
    const set = this.set;
    let count = 0;
    for (let i = 0; i < set.count; i++) {
      const op = this.program.op(set.at(i));
      if (op == Op.Byte || op == Op.Set || op == Op.Match || op == Op.End)
        unchecked((this.stack[count++] = set.at(i)));
    }
    const places = new StaticArray<i32>(count);
    memory.copy(changetype<usize>(places), changetype<usize>(this.stack), (<usize>count) << 2);
    places.sort();
    this.steps += count;
    return places;
  }

  private endsWell(places: StaticArray<i32>, isStart: bool): bool {
    this.set.clear();
    this.around.before = isStart ? -1 : 0;
    this.around.after = -1;
    for (let i = 0; i < places.length; i++) {
      this.steps += follow(this.program, this.set, unchecked(places[i]), this.around, this.stack);
    }
    return this.set.has(this.program.length - 1);
  }

  private grow(): void {
    const needed = this.states.length * this.classCount;
    if (needed <= this.table.length) return;
    const more = new StaticArray<u16>(max(needed, this.table.length * 2));
    memory.copy(changetype<usize>(more), changetype<usize>(this.table), (<usize>this.table.length) << 1);
    this.table = more;
  }

  /** Forgets all states but the first, which begins every text. */
  private forget(): void {
    this.states.length = 1;
    this.hashes.length = 1;
    this.ends.length = 1;
    memory.fill(changetype<usize>(this.table), 0, (<usize>this.table.length) << 1);
  }
}

function hashOf(places: StaticArray<i32>): i32 {
  let hash: i32 = 0x811c9dc5;
  for (let i = 0; i < places.length; i++) hash = (hash ^ unchecked(places[i])) * 0x01000193;
  return hash;
}

function same(a: StaticArray<i32>, b: StaticArray<i32>): bool {
  const bytes = (<usize>a.length) << 2;
  return a.length == b.length && memory.compare(changetype<usize>(a), changetype<usize>(b), bytes) == 0;
}
