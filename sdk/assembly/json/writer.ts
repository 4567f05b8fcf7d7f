import { decodeUtf8 } from "../memory/utf8";
import { JsonCursor } from "./cursor";
import { writeString } from "./escape";
import { writeDouble, writeInteger, writeNatural } from "./format-number";
import { Json } from "./json";
import { JsonKind } from "./kind";
import { Output } from "./output";

/** As deep as the reader reads. */
const MAX_DEPTH: i32 = 128;

/** What may come next. */
enum Expect {
  /** The document's one value. */
  Root,
  /** An element, or the end of the array. */
  Item,
  /** A name, or the end of the object. */
  Name,
  /** The value of the name before. */
  Value,
  /** Nothing: the document is whole. */
  Nothing,
}

/**
 * Writes JSON (RFC 8259) as UTF-8, value by value, and never with a trap: what would not be JSON, too deep (128) or too
 * long is not written, and `error` says why. Each method gives the writer back.
 *
 * ```ts
 * const body = new JsonWriter().beginObject().name("ok").bool(true).name("n").int(3).end().bytes();
 * ```
 */
export class JsonWriter {
  private fault: string = "";
  private out: Output;
  private expect: Expect = Expect.Root;
  private first: bool = true;
  private depth: i32 = 0;
  /** Of the containers that are open: whether it is an object. */
  private objects: StaticArray<bool> = new StaticArray<bool>(MAX_DEPTH);

  /** @param maxBytes how long the document may be, or, when it is taken piece by piece, each piece */
  constructor(maxBytes: i32 = 16 * 1024 * 1024) {
    this.out = new Output(max(maxBytes, 0));
  }

  /** What went wrong first; empty: nothing. */
  get error(): string {
    if (this.fault.length == 0 && this.out.full) return "the document is too long";
    return this.fault;
  }

  /** Whether a whole document was written, without an error. */
  get isWhole(): bool {
    return this.expect == Expect.Nothing && this.error.length == 0;
  }

  /** The document; empty unless it is whole. The writer can then write another. */
  bytes(): Uint8Array {
    if (!this.isWhole) return new Uint8Array(0);
    this.expect = Expect.Root;
    return this.out.take();
  }

  /** The document as a string; empty unless it is whole. */
  text(): string {
    const bytes = this.bytes();
    return decodeUtf8(bytes.dataStart, bytes.length);
  }

  /** What was written since the last call, to send a long document in pieces; empty after an error. */
  takePiece(): Uint8Array {
    return this.error.length > 0 ? new Uint8Array(0) : this.out.take();
  }

  /** Begins an object; `end` ends it. */
  beginObject(): JsonWriter {
    return this.begin(true);
  }

  /** Begins an array; `end` ends it. */
  beginArray(): JsonWriter {
    return this.begin(false);
  }

  /** Ends the object or array that was begun last. */
  end(): JsonWriter {
    const expect = this.expect;
    if (expect != Expect.Item && expect != Expect.Name) return this.fail("there is nothing to end here");
    this.out.byte(this.isObject ? 0x7d : 0x5d);
    this.depth--;
    return this.after();
  }

  /** The name of the next value. Two members of the same name are the caller's business. */
  name(name: string): JsonWriter {
    if (!this.beginName()) return this;
    writeString(this.out, name);
    return this.endName();
  }

  /** A string. */
  string(value: string): JsonWriter {
    if (!this.beginValue()) return this;
    writeString(this.out, value);
    return this.after();
  }

  /** An integer, with all its digits. */
  int(value: i64): JsonWriter {
    if (!this.beginValue()) return this;
    writeInteger(this.out, value);
    return this.after();
  }

  /** An integer that is not negative, with all its digits. */
  uint(value: u64): JsonWriter {
    if (!this.beginValue()) return this;
    writeNatural(this.out, value);
    return this.after();
  }

  /** A number that reads as the same double again. NaN and the infinities are errors: JSON has no such numbers. */
  float(value: f64): JsonWriter {
    if (!isFinite(value)) return this.fail("JSON has no such number");
    if (!this.beginValue()) return this;
    writeDouble(this.out, value);
    return this.after();
  }

  /** True or false. */
  bool(value: bool): JsonWriter {
    return this.word(value ? "true" : "false");
  }

  /** Null. */
  null(): JsonWriter {
    return this.word("null");
  }

  /** A value that was read, byte for byte as it stood there; an absent or invalid one is an error. */
  copy(value: Json): JsonWriter {
    if (value.isAbsent || value.isInvalid) return this.fail("there is no value to copy");
    if (!this.beginValue()) return this;
    // The configuration that was not given is an object without a text.
    if (value.spanLength == 0) this.out.ascii("{}");
    else this.out.bytes(value.spanStart, value.spanLength);
    return this.after();
  }

  /** The member of an object that a cursor stands on, name and value byte for byte. */
  copyMember(member: JsonCursor): JsonWriter {
    if (!member.isNamedMember) return this.fail("there is no member to copy");
    if (!this.beginName()) return this;
    this.out.bytes(member.nameStart, member.nameLength);
    this.endName();
    return this.copy(member.value);
  }

  private get isObject(): bool {
    return unchecked(this.objects[this.depth - 1]);
  }

  private begin(object: bool): JsonWriter {
    if (this.depth == MAX_DEPTH) return this.fail("nested more than 128 deep");
    if (!this.beginValue()) return this;
    this.out.byte(object ? 0x7b : 0x5b);
    unchecked((this.objects[this.depth++] = object));
    this.expect = object ? Expect.Name : Expect.Item;
    this.first = true;
    return this;
  }

  private beginName(): bool {
    if (this.expect != Expect.Name) this.fail("a name stands where none can be");
    if (this.fault.length > 0) return false;
    this.comma();
    return true;
  }

  private endName(): JsonWriter {
    this.out.byte(0x3a);
    this.expect = Expect.Value;
    return this;
  }

  private beginValue(): bool {
    if (this.expect == Expect.Name) this.fail("a value in an object needs a name");
    if (this.expect == Expect.Nothing) this.fail("the document has its one value already");
    if (this.fault.length > 0) return false;
    if (this.expect == Expect.Item) this.comma();
    return true;
  }

  private comma(): void {
    if (!this.first) this.out.byte(0x2c);
    this.first = false;
  }

  private word(word: string): JsonWriter {
    if (!this.beginValue()) return this;
    this.out.ascii(word);
    return this.after();
  }

  /** A value has been written. */
  private after(): JsonWriter {
    this.first = false;
    if (this.depth == 0) this.expect = Expect.Nothing;
    else this.expect = this.isObject ? Expect.Name : Expect.Item;
    return this;
  }

  private fail(words: string): JsonWriter {
    if (this.error.length == 0) this.fault = words;
    return this;
  }
}
