import { encodedLength, encodeUtf8 } from "../memory/utf8";
import { WireType } from "./wire-type";

/**
 * Writes a protobuf message field by field, as gRPC services and some of Envoy's functions take it. Every method adds one
 * field and returns the writer. What proto3 leaves out (0, false, empty) is for the caller to leave out, or to write: both
 * mean the same. https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  private buffer: StaticArray<u8> = new StaticArray<u8>(64);
  private size: i32 = 0;

  /** The message so far, copied. */
  get bytes(): Uint8Array {
    const bytes = new Uint8Array(this.size);
    memory.copy(bytes.dataStart, changetype<usize>(this.buffer), this.size);
    return bytes;
  }

  /** How many bytes have been written. */
  get length(): i32 {
    return this.size;
  }

  /** A field of type `uint32`, `uint64`, `int32`, `int64` or an enum; a negative number takes ten bytes, as it must. */
  integer(field: u32, value: i64): ProtobufWriter {
    return this.tag(field, WireType.Varint).varint(<u64>value);
  }

  /** A field of type `sint32` or `sint64`. */
  signed(field: u32, value: i64): ProtobufWriter {
    return this.tag(field, WireType.Varint).varint(((<u64>value) << 1) ^ (<u64>(value >> 63)));
  }

  /** A field of type `bool`. */
  bool(field: u32, value: bool): ProtobufWriter {
    return this.tag(field, WireType.Varint).varint(value ? 1 : 0);
  }

  /** A field of type `double`. */
  double(field: u32, value: f64): ProtobufWriter {
    return this.fixed64(field, reinterpret<u64>(value));
  }

  /** A field of type `float`. */
  float(field: u32, value: f32): ProtobufWriter {
    return this.fixed32(field, reinterpret<u32>(value));
  }

  /** A field of type `fixed64` or `sfixed64`. */
  fixed64(field: u32, value: u64): ProtobufWriter {
    this.tag(field, WireType.Fixed64);
    store<u64>(this.grow(8), value);
    return this;
  }

  /** A field of type `fixed32` or `sfixed32`. */
  fixed32(field: u32, value: u32): ProtobufWriter {
    this.tag(field, WireType.Fixed32);
    store<u32>(this.grow(4), value);
    return this;
  }

  /** A field of type `string`; half a surrogate pair becomes U+FFFD. */
  text(field: u32, value: string): ProtobufWriter {
    const length = encodedLength(changetype<usize>(value), value.length);
    this.tag(field, WireType.Bytes).varint(length);
    encodeUtf8(changetype<usize>(value), value.length, this.grow(<i32>length));
    return this;
  }

  /** A field of type `bytes`, or a message that is serialized already. */
  data(field: u32, value: Uint8Array): ProtobufWriter {
    return this.raw(field, value.dataStart, value.length);
  }

  /** A field that is a message. */
  message(field: u32, value: ProtobufWriter): ProtobufWriter {
    return this.raw(field, changetype<usize>(value.buffer), value.size);
  }

  private raw(field: u32, ptr: usize, length: i32): ProtobufWriter {
    this.tag(field, WireType.Bytes).varint(length);
    memory.copy(this.grow(length), ptr, length);
    return this;
  }

  private tag(field: u32, type: WireType): ProtobufWriter {
    return this.varint(((<u64>field) << 3) | (<u64>type));
  }

  private varint(value: u64): ProtobufWriter {
    while (value >= 0x80) {
      store<u8>(this.grow(1), (<u8>value) | 0x80);
      value >>= 7;
    }
    store<u8>(this.grow(1), <u8>value);
    return this;
  }

  /** Room for `length` more bytes: where they are to be written. */
  private grow(length: i32): usize {
    const at = this.size;
    const needed = at + length;
    if (needed > this.buffer.length) {
      const larger = new StaticArray<u8>(max(needed, this.buffer.length * 2));
      memory.copy(changetype<usize>(larger), changetype<usize>(this.buffer), at);
      this.buffer = larger;
    }
    this.size = needed;
    return changetype<usize>(this.buffer) + at;
  }
}
