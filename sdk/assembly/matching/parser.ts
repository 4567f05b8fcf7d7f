import { CodePoints, digits, lineEnds, MAX_CODE_POINT, whiteSpace, wordCharacters } from "./code-points";
import { Node, NodeKind } from "./node";
import { Op } from "./program";

/** Groups in groups, at most. */
const MAX_DEPTH: i32 = 64;
/** Groups that keep their place, at most. */
const MAX_GROUPS: i32 = 32;
/** Counts in braces, at most. */
const MAX_COUNT: i32 = 1000;

/**
 * Reads a regular expression in the grammar of ECMAScript with the flag `u`
 * (https://tc39.es/ecma262/#sec-patterns), without back-references, look-around and Unicode properties.
 */
export class Parser {
  /** What is wrong; empty: nothing. */
  error: string = "";
  /** How many groups keep their place, with the whole match as the first. */
  groups: i32 = 1;
  /** The names of the groups, by number; empty for those without. */
  names: string[] = [""];
  private at: i32 = 0;
  private depth: i32 = 0;
  /** Of an atom that was read last: whether it can be repeated. */
  private last: CodePoints = new CodePoints();

  constructor(
    private pattern: string,
    private ignoreCase: bool,
    private multiline: bool,
    private dotAll: bool,
  ) {}

  /** Where it stopped reading, in UTF-16 code units. */
  get offset(): i32 {
    return this.at;
  }

  /** Reads the whole pattern. */
  parse(): Node {
    const node = this.choice();
    // Only a bracket that was never opened stops it.
    if (this.error.length == 0 && this.at < this.pattern.length) this.fail("')' without '('");
    return node;
  }

  private choice(): Node {
    const first = this.sequence();
    if (this.peek() != 0x7c || this.error.length > 0) return first;
    const node = new Node(NodeKind.Choice);
    node.parts.push(first);
    while (this.error.length == 0 && this.take(0x7c)) node.parts.push(this.sequence());
    return node;
  }

  private sequence(): Node {
    const node = new Node(NodeKind.Sequence);
    while (this.error.length == 0) {
      const unit = this.peek();
      if (unit < 0 || unit == 0x7c || unit == 0x29) break;
      const group = this.groups;
      const atom = this.atom();
      if (this.error.length > 0) break;
      node.parts.push(this.repeated(atom, group));
    }
    return node;
  }

  private repeated(atom: Node, group: i32): Node {
    const start = this.at;
    const unit = this.peek();
    let least = 0;
    let most = -1;
    if (unit == 0x2a) this.at++;
    else if (unit == 0x2b) {
      this.at++;
      least = 1;
    } else if (unit == 0x3f) {
      this.at++;
      most = 1;
    } else if (unit == 0x7b) {
      this.at++;
      least = this.count();
      most = least;
      if (this.take(0x2c)) most = this.peek() == 0x7d ? -1 : this.count();
      if (this.error.length == 0 && !this.take(0x7d)) this.fail("expected '}'");
      if (this.error.length == 0 && most >= 0 && most < least)
        this.failAt(start, "the counts are out of order");
    } else {
      return atom;
    }
    if (atom.kind == NodeKind.Assert) this.failAt(start, "there is nothing to repeat");
    const node = new Node(NodeKind.Repeat);
    node.parts.push(atom);
    node.least = least;
    node.most = most;
    node.greedy = !this.take(0x3f);
    node.firstGroup = group;
    node.endGroup = this.groups;
    return node;
  }

  private count(): i32 {
    const start = this.at;
    let value = 0;
    while (this.peek() >= 0x30 && this.peek() <= 0x39) {
      value = min(value * 10 + this.peek() - 0x30, MAX_COUNT + 1);
      this.at++;
    }
    if (this.at == start) this.fail("expected a count");
    else if (value > MAX_COUNT) this.failAt(start, "more than 1000 repetitions");
    return value;
  }

  private atom(): Node {
    const unit = this.peek();
    if (unit == 0x28) return this.group();
    if (unit == 0x5b) return this.ofSet(this.bracket());
    if (unit == 0x5c) return this.escape();
    if (unit == 0x2e) {
      this.at++;
      return this.ofSet(this.dotAll ? new CodePoints().add(0, MAX_CODE_POINT) : lineEnds().inverted());
    }
    if (unit == 0x5e) return this.assertion(this.multiline ? Op.LineStart : Op.Start);
    if (unit == 0x24) return this.assertion(this.multiline ? Op.LineEnd : Op.End);
    if (unit == 0x2a || unit == 0x2b || unit == 0x3f || unit == 0x7b) {
      this.fail("there is nothing to repeat");
      return new Node(NodeKind.Empty);
    }
    if (unit == 0x5d || unit == 0x7d) {
      this.fail(unit == 0x5d ? "']' without '['" : "'}' without '{'");
      return new Node(NodeKind.Empty);
    }
    return this.ofSet(this.one(this.codePoint()));
  }

  private assertion(op: Op): Node {
    this.at++;
    const node = new Node(NodeKind.Assert);
    node.index = op;
    return node;
  }

  private group(): Node {
    const start = this.at++;
    let index = -1;
    if (!this.take(0x3f)) index = this.newGroup("", start);
    else if (this.take(0x3c)) {
      if (this.peek() == 0x3d || this.peek() == 0x21) this.failAt(start, "looking behind is not supported");
      else index = this.newGroup(this.groupName(), start);
    } else if (this.peek() == 0x3d || this.peek() == 0x21)
      this.failAt(start, "looking ahead is not supported");
    else if (!this.take(0x3a)) this.failAt(start, "no such group");
    if (++this.depth > MAX_DEPTH) this.failAt(start, "groups are nested more than 64 deep");
    const inner = this.error.length > 0 ? new Node(NodeKind.Empty) : this.choice();
    this.depth--;
    if (this.error.length == 0 && !this.take(0x29)) this.failAt(start, "'(' without ')'");
    if (index < 0) return inner;
    const node = new Node(NodeKind.Group);
    node.index = index;
    node.parts.push(inner);
    return node;
  }

  private newGroup(name: string, start: i32): i32 {
    if (this.groups == MAX_GROUPS) this.failAt(start, "more than 31 groups: use (?: where none is read");
    this.names.push(name);
    return this.groups++;
  }

  private groupName(): string {
    const start = this.at;
    while (isWord(this.peek()) && !(this.at == start && this.peek() <= 0x39)) this.at++;
    const name = this.pattern.substring(start, this.at);
    if (name.length == 0 || !this.take(0x3e)) this.failAt(start, "expected a name of ASCII letters and '>'");
    else if (this.names.includes(name)) this.failAt(start, "there are two groups of this name");
    return name;
  }

  private escape(): Node {
    const unit = this.unitAt(this.at + 1);
    if (unit == 0x62 || unit == 0x42) {
      this.at++;
      return this.assertion(unit == 0x62 ? Op.WordEdge : Op.NoWordEdge);
    }
    if (unit >= 0x31 && unit <= 0x39) this.fail("back-references are not supported");
    else if (unit == 0x6b) this.fail("back-references are not supported");
    const set = this.classEscape();
    if (set) return this.ofSet(set);
    return this.ofSet(this.one(this.characterEscape(false)));
  }

  /** `\d`, `\w`, `\s` and their opposites; null, and nothing read, for another escape. */
  private classEscape(): CodePoints | null {
    const unit = this.unitAt(this.at + 1);
    const letter = unit | 0x20;
    if (letter == 0x70) this.fail("Unicode properties are not supported");
    if (letter != 0x64 && letter != 0x77 && letter != 0x73) return null;
    this.at += 2;
    const set = letter == 0x64 ? digits() : letter == 0x77 ? wordCharacters() : whiteSpace();
    return unit == letter ? set : set.inverted();
  }

  /** The code point that an escape means. */
  private characterEscape(inBracket: bool): i32 {
    if (this.error.length > 0) return 0;
    const start = this.at++;
    const unit = this.peek();
    this.at++;
    if (unit == 0x6e) return 0x0a;
    if (unit == 0x72) return 0x0d;
    if (unit == 0x74) return 0x09;
    if (unit == 0x76) return 0x0b;
    if (unit == 0x66) return 0x0c;
    if (unit == 0x62 && inBracket) return 0x08;
    if (unit == 0x30 && !(this.peek() >= 0x30 && this.peek() <= 0x39)) return 0;
    if (unit == 0x78) return this.hexadecimal(start, 2);
    if (unit == 0x75) return this.unicodeEscape(start);
    if (unit == 0x63) {
      const letter = this.peek() | 0x20;
      if (letter < 0x61 || letter > 0x7a) this.failAt(start, "no such escape");
      this.at++;
      return letter & 0x1f;
    }
    if (isSyntax(unit) || unit == 0x2f || (unit == 0x2d && inBracket)) return unit;
    this.failAt(start, unit < 0 ? "the pattern ends in an escape" : "no such escape");
    return 0;
  }

  private unicodeEscape(start: i32): i32 {
    if (this.take(0x7b)) {
      let value = 0;
      const from = this.at;
      while (hexValue(this.peek()) >= 0)
        value = min((value << 4) | hexValue(this.unitAt(this.at++)), 0x110000);
      if (this.at == from || value > MAX_CODE_POINT || !this.take(0x7d))
        this.failAt(start, "no such code point");
      return value;
    }
    const high = this.hexadecimal(start, 4);
    // Two escapes of a pair mean one character.
    if ((high & 0xfc00) == 0xd800 && this.peek() == 0x5c && this.unitAt(this.at + 1) == 0x75) {
      const before = this.at;
      this.at += 2;
      const low = this.peek() == 0x7b ? -1 : this.tryHexadecimal(4);
      if ((low & 0xfffffc00) == 0xdc00) return 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
      this.at = before;
    }
    return high;
  }

  private hexadecimal(start: i32, length: i32): i32 {
    const value = this.tryHexadecimal(length);
    if (value < 0) this.failAt(start, "expected hexadecimal digits");
    return value;
  }

  private tryHexadecimal(length: i32): i32 {
    let value = 0;
    for (let i = 0; i < length; i++, this.at++) {
      const digit = hexValue(this.peek());
      if (digit < 0) return -1;
      value = (value << 4) | digit;
    }
    return value;
  }

  private bracket(): CodePoints {
    const start = this.at++;
    const inverted = this.take(0x5e);
    const set = new CodePoints();
    while (this.error.length == 0 && this.peek() != 0x5d) {
      if (this.peek() < 0) {
        this.failAt(start, "'[' without ']'");
        return set;
      }
      this.bracketItem(set);
    }
    this.at++;
    if (this.ignoreCase) set.foldCase();
    return inverted ? set.inverted() : set;
  }

  /** A character, a class, or a range of characters. */
  private bracketItem(set: CodePoints): void {
    const start = this.at;
    const first = this.bracketAtom();
    const isRange = this.peek() == 0x2d && this.unitAt(this.at + 1) != 0x5d && this.unitAt(this.at + 1) >= 0;
    if (!isRange) {
      if (first < 0) set.addAll(this.last);
      else set.add(first, first);
      return;
    }
    this.at++;
    const last = this.bracketAtom();
    if (this.error.length > 0) return;
    if (first < 0 || last < 0) this.failAt(start, "a class cannot be the end of a range");
    else if (first > last) this.failAt(start, "the range is out of order");
    else set.add(first, last);
  }

  /** A code point; below 0: a class, which is in `last`. */
  private bracketAtom(): i32 {
    if (this.peek() != 0x5c) return this.codePoint();
    const set = this.classEscape();
    if (!set) return this.characterEscape(true);
    this.last = set;
    return -1;
  }

  private ofSet(set: CodePoints): Node {
    const node = new Node(NodeKind.Set);
    node.set = set.settle();
    return node;
  }

  private one(code: i32): CodePoints {
    const set = new CodePoints().add(code, code);
    if (this.ignoreCase) set.foldCase();
    return set;
  }

  /** The character here, of one or two code units. */
  private codePoint(): i32 {
    const high = this.unitAt(this.at++);
    const low = this.peek();
    if ((high & 0xfffffc00) != 0xd800 || (low & 0xfffffc00) != 0xdc00) return high;
    this.at++;
    return 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
  }

  private take(unit: i32): bool {
    if (this.peek() != unit) return false;
    this.at++;
    return true;
  }

  private peek(): i32 {
    return this.unitAt(this.at);
  }

  private unitAt(at: i32): i32 {
    return at < this.pattern.length ? this.pattern.charCodeAt(at) : -1;
  }

  private fail(words: string): void {
    this.failAt(this.at, words);
  }

  private failAt(at: i32, words: string): void {
    if (this.error.length > 0) return;
    this.error = words;
    this.at = at;
  }
}

/** Whether a code unit has a meaning of its own in patterns: `^$\.*+?()[]{}|`. */
function isSyntax(unit: i32): bool {
  if (unit == 0x5e || unit == 0x24 || unit == 0x5c || unit == 0x2e || unit == 0x3f || unit == 0x7c)
    return true;
  return (unit >= 0x28 && unit <= 0x2b) || unit == 0x5b || unit == 0x5d || unit == 0x7b || unit == 0x7d;
}

function isWord(unit: i32): bool {
  const letter = (unit | 0x20) - 0x61;
  return unit > 0 && ((letter >= 0 && letter < 26) || (unit >= 0x30 && unit <= 0x39) || unit == 0x5f);
}

function hexValue(unit: i32): i32 {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = (unit | 0x20) - 0x61;
  return unit > 0 && letter >= 0 && letter < 6 ? letter + 10 : -1;
}
