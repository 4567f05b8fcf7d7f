import { decimal } from "../decimal";
import { decodeUtf8, encodeUtf8 } from "../memory/utf8";
import { JsonCursor } from "./cursor";
import { JsonKind } from "./kind";
import { parseNumber } from "./number";
import { Scanner } from "./scanner";
import { Tape } from "./tape";
import { decodeText, isText } from "./text";

export { JsonKind } from "./kind";

/** A replacement longer than 256 MiB is a mistake, and with it a document could outgrow an array. */
const MAX_REPLACEMENT: i32 = 1 << 28;

/**
 * A JSON value, read strictly (RFC 8259) and never with a trap. A value that is missing answers too: its kind is
 * `Absent`, everything in it is absent as well, and each `as…` gives the default. So
 * `json.get("limits").get("perSecond").asInt(10)` needs no check on the way.
 */
export class Json {
  private constructor(
    /** What the value is. */
    readonly kind: JsonKind,
    private bytes: Uint8Array,
    private tape: Tape,
    private node: i32,
    /** For `Invalid`: what is wrong and where, for example `line 2, column 7: expected ':'`. */
    readonly error: string,
  ) {}

  /** Reads UTF-8. A text that is not JSON gives a value of kind `Invalid` whose `error` says why. */
  static parse(bytes: Uint8Array): Json {
    const tape = new Tape();
    const scanner = new Scanner(bytes, tape);
    if (scanner.scan()) return new Json(tape.kind(0), bytes, tape, 0, "");
    return new Json(JsonKind.Invalid, bytes, tape, 0, place(bytes, scanner.offset) + scanner.error);
  }

  /** The value of a configuration that was not given. */
  static emptyObject(): Json {
    const tape = new Tape();
    tape.push(JsonKind.Object, 0, 0);
    return new Json(JsonKind.Object, new Uint8Array(0), tape, 0, "");
  }

  /** Whether the text was not JSON; `error` says why. */
  get isInvalid(): bool {
    return this.kind == JsonKind.Invalid;
  }

  /** Whether there is no such value. Null is a value. */
  get isAbsent(): bool {
    return this.kind == JsonKind.Absent;
  }

  /** The member `name` of an object, the last one if it is repeated, as in JavaScript. */
  get(name: string): Json {
    if (this.kind != JsonKind.Object) return this.absent();
    let found = -1;
    const end = this.tape.next(this.node);
    for (let node = this.node + 1; node < end; node = this.tape.next(node + 1)) {
      if (this.isTextOf(node, name)) found = node + 1;
    }
    return found < 0 ? this.absent() : this.child(found);
  }

  /**
   * Goes over the elements of an array or the members of an object, in the order of the text, each in constant time
   * (`at` and `get` look from the start): `for (const each = json.each(); each.next(); ) use(each.value)`. Every other
   * value has none.
   */
  each(): JsonCursor {
    const inside = this.kind == JsonKind.Array || this.kind == JsonKind.Object;
    return new JsonCursor(
      this.bytes,
      this.tape,
      this.node + 1,
      inside ? this.tape.next(this.node) : this.node + 1,
      this.kind == JsonKind.Object,
    );
  }

  /** The element `index` of an array, from 0. */
  at(index: i32): Json {
    if (this.kind != JsonKind.Array || index < 0) return this.absent();
    const end = this.tape.next(this.node);
    for (let node = this.node + 1; node < end; node = this.tape.next(node)) {
      if (index-- == 0) return this.child(node);
    }
    return this.absent();
  }

  /** How many elements an array has, or names an object (repeated ones counted); 0 for everything else. */
  get length(): i32 {
    if (this.kind != JsonKind.Array && this.kind != JsonKind.Object) return 0;
    let count = 0;
    const end = this.tape.next(this.node);
    for (let node = this.node + 1; node < end; node = this.tape.next(node)) count++;
    return this.kind == JsonKind.Object ? count >> 1 : count;
  }

  /** The names of an object, in the order of the text. */
  keys(): string[] {
    const keys: string[] = [];
    if (this.kind != JsonKind.Object) return keys;
    const end = this.tape.next(this.node);
    for (let node = this.node + 1; node < end; node = this.tape.next(node + 1)) keys.push(this.textOf(node));
    return keys;
  }

  /** The string, or `fallback` for a value of another kind. */
  asString(fallback: string = ""): string {
    return this.kind == JsonKind.String ? this.textOf(this.node) : fallback;
  }

  /** The truth value, or `fallback` for a value of another kind. */
  asBool(fallback: bool = false): bool {
    if (this.kind == JsonKind.True) return true;
    return this.kind == JsonKind.False ? false : fallback;
  }

  /** The number as the nearest double, as `JSON.parse` has it; `fallback` for a value of another kind. */
  asFloat(fallback: f64 = 0): f64 {
    if (this.kind != JsonKind.Number) return fallback;
    const start = this.tape.start(this.node);
    return parseNumber(this.bytes.dataStart + start, this.tape.end(this.node) - start);
  }

  /**
   * The number, or `fallback` for a value of another kind, for one with a fraction or an exponent, and for one that
   * does not fit.
   */
  asInt(fallback: i64 = 0): i64 {
    if (this.kind != JsonKind.Number) return fallback;
    let at = this.bytes.dataStart + this.tape.start(this.node);
    const end = this.bytes.dataStart + this.tape.end(this.node);
    const negative = load<u8>(at) == 0x2d;
    if (negative) at++;
    const limit: u64 = negative ? 0x8000000000000000 : 0x7fffffffffffffff;
    let value: u64 = 0;
    for (; at < end; at++) {
      const digit = <u64>load<u8>(at) - 0x30;
      if (digit > 9 || value > (limit - digit) / 10) return fallback;
      value = value * 10 + digit;
    }
    return negative ? -(<i64>value) : <i64>value;
  }

  /**
   * The whole document with `part`, a value in it, replaced by another text: the quickest way to change one field. The
   * text is taken as it is (a `JsonWriter` makes one that is JSON). A `part` that is absent, or of another document,
   * changes nothing, and so does a text of more than 256 MiB.
   */
  replaced(part: Json, text: Uint8Array): Uint8Array {
    const bytes = this.bytes;
    const fits = part.bytes == bytes && !part.isAbsent && !part.isInvalid && text.length <= MAX_REPLACEMENT;
    if (!fits) return bytes.slice();
    const start = <i32>(part.spanStart - bytes.dataStart);
    const rest = start + part.spanLength;
    const out = new Uint8Array(bytes.length - part.spanLength + text.length);
    memory.copy(out.dataStart, bytes.dataStart, start);
    memory.copy(out.dataStart + start, text.dataStart, text.length);
    memory.copy(out.dataStart + start + text.length, bytes.dataStart + rest, bytes.length - rest);
    return out;
  }

  /** For the writer's own use: where the value's text begins, with a string's quotes. */
  get spanStart(): usize {
    return this.bytes.dataStart + this.tape.start(this.node) - (this.kind == JsonKind.String ? 1 : 0);
  }

  /** For the writer's own use: how long the value's text is, with a string's quotes. */
  get spanLength(): i32 {
    return this.tape.end(this.node) - this.tape.start(this.node) + (this.kind == JsonKind.String ? 2 : 0);
  }

  /** Whether the value is the string `text`. Decodes nothing, unless the string has an escape. */
  isString(text: string): bool {
    return this.kind == JsonKind.String && this.isTextOf(this.node, text);
  }

  /** The value's own text, as it stands in the document. */
  source(): string {
    const start = this.tape.start(this.node);
    return decodeUtf8(this.bytes.dataStart + start, this.tape.end(this.node) - start);
  }

  /** Reads a text, as `parse` does. */
  static of(text: string): Json {
    const bytes = new Uint8Array(text.length * 3);
    const length = <i32>encodeUtf8(changetype<usize>(text), text.length, bytes.dataStart);
    return Json.parse(bytes.subarray(0, length));
  }

  /** A value that is not there. */
  static get absent(): Json {
    return Json.ofNode(new Uint8Array(0), new Tape(), -1);
  }

  /** For the reader's own use: the value at a place of a tape; absent below 0. */
  static ofNode(bytes: Uint8Array, tape: Tape, node: i32): Json {
    if (node < 0) return new Json(JsonKind.Absent, bytes, tape, 0, "");
    return new Json(tape.kind(node), bytes, tape, node, "");
  }

  private child(node: i32): Json {
    return Json.ofNode(this.bytes, this.tape, node);
  }

  private absent(): Json {
    return Json.ofNode(this.bytes, this.tape, -1);
  }

  private textOf(node: i32): string {
    const start = this.tape.start(node);
    return decodeText(this.bytes.dataStart + start, this.tape.end(node) - start);
  }

  private isTextOf(node: i32, text: string): bool {
    const start = this.tape.start(node);
    return isText(this.bytes.dataStart + start, this.tape.end(node) - start, text);
  }
}

/** "line L, column C: " of a byte offset; columns count bytes. */
function place(bytes: Uint8Array, offset: i32): string {
  let line = 1;
  let column = 1;
  for (let i = 0; i < offset; i++) {
    column++;
    if (bytes[i] == 0x0a) {
      line++;
      column = 1;
    }
  }
  return "line " + decimal(line) + ", column " + decimal(column) + ": ";
}
