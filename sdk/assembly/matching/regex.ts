import { decodeUtf8 } from "../memory/utf8";
import { compile } from "./compile";
import { LazyDfa } from "./lazy-dfa";
import { Match } from "./match";
import { Node, NodeKind } from "./node";
import { Parser } from "./parser";
import { Pike } from "./pike";
import { Program } from "./program";
import { subjectOf, subjectOfBytes } from "./subject";

/** What a compiled program may keep for its groups, in words. */
const MAX_KEPT: i32 = 1 << 20;

/**
 * A regular expression whose search takes time in proportion to the text, whatever the pattern and whatever the text:
 * there is no pattern that a client's bytes could make slow.
 *
 * The grammar is ECMAScript's with the flag `u`, without back-references (`\1`, `\k<name>`), look-around (`(?=`, `(?!`,
 * `(?<=`, `(?<!`) and Unicode properties (`\p`). The flags `i` (for the letters of ASCII), `m` and `s` are known.
 * Whether something is found is what `RegExp` says; what is found too, except for a repetition of what may be empty,
 * such as `(a?b??)*`, which may end earlier.
 */
export class Regex {
  private dfa: LazyDfa | null = null;
  private pike: Pike | null = null;

  private constructor(
    private program: Program,
    private names: string[],
    /** Why the pattern is none; empty: it is one. */
    readonly error: string,
    /** Where it is wrong, in UTF-16 code units. */
    readonly errorAt: i32,
  ) {}

  /**
   * Compiles a pattern. One that is none, or too large, finds nothing, and `error` says why.
   *
   * @param flags some of `i`, `m`, `s`; `u` may stand there and means nothing
   */
  static compile(pattern: string, flags: string = ""): Regex {
    for (let i = 0; i < flags.length; i++) {
      if (!"imsu".includes(flags.charAt(i)))
        return Regex.invalid("there is no such flag: " + flags.charAt(i), 0);
    }
    const parser = new Parser(pattern, flags.includes("i"), flags.includes("m"), flags.includes("s"));
    const node = parser.parse();
    if (parser.error.length > 0) return Regex.invalid(parser.error, parser.offset);
    const program = compile(node);
    if (program.isTooLarge || program.length * parser.groups * 2 > MAX_KEPT) {
      return Regex.invalid("the pattern is too large", 0);
    }
    return new Regex(program, parser.names, "", 0);
  }

  /** A pattern that is none. */
  static invalid(error: string, at: i32): Regex {
    return new Regex(compile(new Node(NodeKind.Empty)), [""], error, at);
  }

  /** Whether the pattern is one. */
  get isValid(): bool {
    return this.error.length == 0;
  }

  /** How much work all searches together were: bytes read and instructions visited. For tests and metrics. */
  get steps(): u64 {
    const dfa = this.dfa;
    const pike = this.pike;
    return (dfa ? dfa.steps : 0) + (pike ? pike.steps : 0);
  }

  /** Whether it is found anywhere in a text. */
  test(text: string): bool {
    return this.isValid && this.isIn(subjectOf(text));
  }

  /** Whether it is found anywhere in bytes; what is no UTF-8 in them counts as U+FFFD. */
  testBytes(bytes: Uint8Array): bool {
    return this.isValid && this.isIn(subjectOfBytes(bytes));
  }

  /** The first match in a text; null when there is none. */
  find(text: string): Match | null {
    return this.isValid ? this.search(subjectOf(text).slice(), 0) : null;
  }

  /** The first match in bytes; what is no UTF-8 in them counts as U+FFFD. */
  findBytes(bytes: Uint8Array): Match | null {
    return this.isValid ? this.search(subjectOfBytes(bytes).slice(), 0) : null;
  }

  /**
   * The text with the first match replaced. In the replacement `$1` to `$31` are groups, `$<name>` a named one, `$&` all
   * of the match, `$$` a dollar; everything else is itself.
   */
  replace(text: string, replacement: string): string {
    return this.replaced(text, replacement, false);
  }

  /** The text with every match replaced; see `replace`. */
  replaceAll(text: string, replacement: string): string {
    return this.replaced(text, replacement, true);
  }

  private replaced(text: string, replacement: string, all: bool): string {
    if (!this.test(text)) return text;
    const subject = subjectOf(text).slice();
    let out = "";
    let kept = 0;
    let from = 0;
    while (from <= subject.length) {
      const match = this.search(subject, from);
      if (!match) break;
      out += decodeUtf8(subject.dataStart + kept, match.start - kept) + expand(replacement, match);
      kept = match.end;
      // Behind an empty match the search goes on with the next character.
      from = match.end > match.start ? match.end : match.end + characterLength(subject, match.end);
      if (!all) break;
    }
    return out + decodeUtf8(subject.dataStart + kept, subject.length - kept);
  }

  private isIn(subject: Uint8Array): bool {
    if (this.program.looksAround) return this.machine().search(subject.dataStart, subject.length, 0);
    let dfa = this.dfa;
    if (!dfa) dfa = this.dfa = new LazyDfa(this.program);
    return dfa.test(subject.dataStart, subject.length);
  }

  private search(subject: Uint8Array, from: i32): Match | null {
    if (from == 0 && !this.program.looksAround && !this.isIn(subject)) return null;
    const machine = this.machine();
    if (!machine.search(subject.dataStart, subject.length, from)) return null;
    return new Match(subject, machine.found.slice<StaticArray<i32>>(), this.names);
  }

  private machine(): Pike {
    let pike = this.pike;
    if (!pike) pike = this.pike = new Pike(this.program, this.names.length * 2);
    return pike;
  }
}

function characterLength(subject: Uint8Array, at: i32): i32 {
  if (at >= subject.length) return 1;
  const byte = subject[at];
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/** A replacement with what a match has found. */
function expand(replacement: string, match: Match): string {
  let out = "";
  let from = 0;
  for (
    let at = replacement.indexOf("$");
    at >= 0 && at + 1 < replacement.length;
    at = replacement.indexOf("$", from)
  ) {
    const next = replacement.charCodeAt(at + 1);
    let value: string | null = null;
    let end = at + 2;
    let known: bool = true;
    if (next == 0x24) value = "$";
    else if (next == 0x26) value = match.text;
    else if (next >= 0x30 && next <= 0x39) {
      let index = next - 0x30;
      const digit = end < replacement.length ? replacement.charCodeAt(end) - 0x30 : -1;
      const two = index * 10 + digit;
      if (digit >= 0 && digit <= 9 && two > 0 && match.hasGroup(two)) {
        index = two;
        end++;
      }
      known = index > 0 && match.hasGroup(index);
      value = match.group(index);
    } else if (next == 0x3c && replacement.indexOf(">", at) > 0) {
      end = replacement.indexOf(">", at) + 1;
      value = match.named(replacement.substring(at + 2, end - 1));
    } else known = false;
    out += replacement.substring(from, known ? at : at + 1);
    if (known && value) out += value;
    from = known ? end : at + 1;
  }
  return out + replacement.substring(from);
}
