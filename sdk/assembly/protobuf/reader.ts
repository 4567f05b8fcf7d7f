import { copyBytes } from "../memory/bytes";
import { decodeUtf8 } from "../memory/utf8";
import { WireType } from "./wire-type";

/**
 * Reads a protobuf message field by field:
 *
 * ```ts
 * for (const fields = new ProtobufReader(bytes); fields.next();) {
 *   if (fields.field == 1) name = fields.text();
 * }
 * ```
 *
 * Nothing traps: what is malformed ends the loop, and `isMalformed` says so. A getter that does not fit the field's type
 * gives 0, or what is empty. https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufReader {
  /** The number of the field that `next` has found. */
  field: u32 = 0;
  /** How its value is encoded. */
  type: WireType = WireType.Varint;
  /** Whether the message ended where it must not, or has a field of a kind that does not exist. */
  isMalformed: bool = false;
  private at: i32 = 0;
  private number: u64 = 0;
  private start: i32 = 0;
  private length: i32 = 0;

  /** @param bytes a message */
  constructor(private bytes: Uint8Array) {}

  /** Goes to the next field; false at the end. */
  next(): bool {
    if (this.isMalformed || this.at >= this.bytes.length) return false;
    const tag = this.varint();
    this.type = <WireType>(<u32>(tag & 7));
    this.field = <u32>(tag >> 3);
    if (tag >> 32 || this.field == 0) this.isMalformed = true;
    this.number = 0;
    this.length = 0;
    if (this.type == WireType.Varint) this.number = this.varint();
    else if (this.type == WireType.Fixed64) this.number = this.fixed(8);
    else if (this.type == WireType.Fixed32) this.number = this.fixed(4);
    else if (this.type == WireType.Bytes) this.skip(this.varint());
    else this.isMalformed = true;
    return !this.isMalformed;
  }

  /** The value of an integer, an enum or a `fixed` field. */
  integer(): i64 {
    return <i64>this.number;
  }

  /** The value of a `sint32` or `sint64` field. */
  signed(): i64 {
    return (<i64>(this.number >> 1)) ^ -(<i64>(this.number & 1));
  }

  /** The value of a `bool` field. */
  bool(): bool {
    return this.number != 0;
  }

  /** The value of a `double` or `float` field. */
  float(): f64 {
    if (this.type == WireType.Fixed32) return reinterpret<f32>(<u32>this.number);
    return this.type == WireType.Fixed64 ? reinterpret<f64>(this.number) : 0;
  }

  /** The value of a `string` field; what is not UTF-8 becomes U+FFFD. */
  text(): string {
    return decodeUtf8(this.bytes.dataStart + this.start, this.length);
  }

  /** The value of a `bytes` field, copied. */
  data(): Uint8Array {
    return copyBytes(this.bytes.dataStart + this.start, this.length);
  }

  /** A reader of the field's value, which is a message. */
  message(): ProtobufReader {
    return new ProtobufReader(this.data());
  }

  private varint(): u64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; shift < 70 && this.at < this.bytes.length; shift += 7) {
      const byte = unchecked(this.bytes[this.at++]);
      // Of the tenth byte one bit has room.
      if (shift == 63 && byte > 1) break;
      value |= (<u64>(byte & 0x7f)) << shift;
      if (byte < 0x80) return value;
    }
    this.isMalformed = true;
    return 0;
  }

  private fixed(size: i32): u64 {
    if (size > this.bytes.length - this.at) {
      this.isMalformed = true;
      return 0;
    }
    const ptr = this.bytes.dataStart + this.at;
    this.at += size;
    return size == 8 ? load<u64>(ptr) : load<u32>(ptr);
  }

  private skip(length: u64): void {
    if (length > <u64>(this.bytes.length - this.at)) {
      this.isMalformed = true;
      return;
    }
    this.start = this.at;
    this.length = <i32>length;
    this.at += <i32>length;
  }
}
