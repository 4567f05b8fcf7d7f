import { CodePoints } from "./code-points";
import { Node, NodeKind } from "./node";
import { Op, Program } from "./program";

/** Compiles a pattern: the places 0 and 1 are those of the whole match. */
export function compile(root: Node): Program {
  const program = new Program();
  program.add(Op.Save, 0);
  write(program, root);
  program.add(Op.Save, 1);
  program.add(Op.Match);
  return program;
}

function write(program: Program, node: Node): void {
  if (program.isTooLarge) return;
  if (node.kind == NodeKind.Set) return writeSet(program, node.set);
  if (node.kind == NodeKind.Assert) {
    program.add(<Op>node.index);
    return;
  }
  if (node.kind == NodeKind.Choice) return writeChoice(program, node);
  if (node.kind == NodeKind.Repeat) return writeRepeat(program, node);
  if (node.kind == NodeKind.Group) program.add(Op.Save, node.index * 2);
  for (let i = 0; i < node.parts.length; i++) write(program, node.parts[i]);
  if (node.kind == NodeKind.Group) program.add(Op.Save, node.index * 2 + 1);
}

function writeChoice(program: Program, node: Node): void {
  const ends: i32[] = [];
  const last = node.parts.length - 1;
  for (let i = 0; i <= last; i++) {
    const split = i < last ? program.add(Op.Split) : -1;
    write(program, node.parts[i]);
    if (split < 0) continue;
    ends.push(program.add(Op.Jump));
    program.lead(split, split + 1, program.length);
  }
  for (let i = 0; i < ends.length; i++) program.lead(ends[i], program.length);
}

/**
 * Copies for what must be there, then optional copies or a loop. A loop always begins with its exit, since ECMAScript
 * ends a repetition that found nothing: a `+` over what may be empty is one copy and a `*`.
 */
function writeRepeat(program: Program, node: Node): void {
  for (let i = 0; i < node.least && !program.isTooLarge; i++) writeBody(program, node);
  if (node.most < 0) {
    const split = program.add(Op.Split);
    writeBody(program, node);
    program.add(Op.Jump, split);
    leadSplit(program, split, node.greedy);
    return;
  }
  const splits: i32[] = [];
  for (let i = node.least; i < node.most && !program.isTooLarge; i++) {
    splits.push(program.add(Op.Split));
    writeBody(program, node);
  }
  for (let i = 0; i < splits.length; i++) leadSplit(program, splits[i], node.greedy);
}

/** Each turn forgets what the groups in it have found before. */
function writeBody(program: Program, node: Node): void {
  for (let place = node.firstGroup * 2; place < node.endGroup * 2; place++) program.add(Op.Unset, place);
  write(program, node.parts[0]);
}

function leadSplit(program: Program, split: i32, greedy: bool): void {
  const body = split + 1;
  const exit = program.length;
  if (greedy) program.lead(split, body, exit);
  else program.lead(split, exit, body);
}

function writeSet(program: Program, set: CodePoints | null): void {
  if (!set) return;
  const sequences = new Sequences();
  const ranges = set.ranges;
  for (let i = 0; i < ranges.length; i += 2) sequences.addRange(ranges[i], ranges[i + 1]);
  const ends: i32[] = [];
  const bytes = sequences.bytes;
  if (bytes.length == 0) program.add(Op.Fail);
  // Several ranges of single bytes are one instruction; nothing else begins with one of theirs.
  let singles = 0;
  for (let at = 0; at < bytes.length; at += 1 + bytes[at] * 2) if (bytes[at] == 1) singles++;
  if (singles > 1) {
    const split = singles * 3 < bytes.length ? program.add(Op.Split) : -1;
    writeSingles(program, bytes);
    if (split < 0) return;
    ends.push(program.add(Op.Jump));
    program.lead(split, split + 1, program.length);
  }
  // Each sequence: its length, then first and last of each byte.
  for (let at = 0; at < bytes.length && !program.isTooLarge;) {
    const next = at + 1 + bytes[at] * 2;
    if (singles > 1 && bytes[at] == 1) {
      at = next;
      continue;
    }
    const split = hasMore(bytes, next, singles > 1) ? program.add(Op.Split) : -1;
    for (let i = at + 1; i < next; i += 2) program.add(Op.Byte, bytes[i], bytes[i + 1]);
    at = next;
    if (split < 0) continue;
    ends.push(program.add(Op.Jump));
    program.lead(split, split + 1, program.length);
  }
  for (let i = 0; i < ends.length; i++) program.lead(ends[i], program.length);
}

function writeSingles(program: Program, bytes: u8[]): void {
  const set = program.addSet();
  for (let at = 0; at < bytes.length; at += 1 + bytes[at] * 2) {
    if (bytes[at] != 1) continue;
    for (let byte = <i32>bytes[at + 1]; byte <= <i32>bytes[at + 2]; byte++) program.allow(set, byte);
  }
  program.add(Op.Set, set);
}

/** Whether a sequence is written from `at` on. */
function hasMore(bytes: u8[], at: i32, isWithoutSingles: bool): bool {
  while (at < bytes.length && isWithoutSingles && bytes[at] == 1) at += 1 + bytes[at] * 2;
  return at < bytes.length;
}

/** Ranges of code points as sequences of ranges of bytes of UTF-8. */
class Sequences {
  bytes: u8[] = [];

  addRange(first: i32, last: i32): void {
    // Surrogates have no UTF-8.
    if (first < 0xd800 && last >= 0xd800) {
      this.addRange(first, 0xd7ff);
      first = 0xd800;
    }
    if (first >= 0xd800 && first < 0xe000) first = 0xe000;
    if (first > last) return;
    if (
      this.splitAt(first, last, 0x7f) ||
      this.splitAt(first, last, 0x7ff) ||
      this.splitAt(first, last, 0xffff)
    )
      return;
    const tails = first <= 0x7f ? 0 : first <= 0x7ff ? 1 : first <= 0xffff ? 2 : 3;
    // The lower bytes must run over all that they can, or over one range.
    for (let i = tails; i > 0; i--) {
      const mask = (1 << (6 * i)) - 1;
      if ((first & ~mask) == (last & ~mask)) continue;
      if (first & mask && this.splitAt(first, last, first | mask)) return;
      if ((last & mask) != mask && this.splitAt(first, last, (last & ~mask) - 1)) return;
    }
    this.bytes.push(<u8>(tails + 1));
    for (let i = tails; i >= 0; i--) {
      this.bytes.push(byteOf(first, i, tails));
      this.bytes.push(byteOf(last, i, tails));
    }
  }

  private splitAt(first: i32, last: i32, end: i32): bool {
    if (first > end || last <= end) return false;
    this.addRange(first, end);
    this.addRange(end + 1, last);
    return true;
  }
}

/** A byte of a code point's UTF-8, counted from the last. */
function byteOf(code: i32, index: i32, tails: i32): u8 {
  if (tails == 0) return <u8>code;
  const bits = code >> (6 * index);
  return index == tails ? <u8>((0x7f80 >> tails) | bits) : <u8>(0x80 | (bits & 0x3f));
}
