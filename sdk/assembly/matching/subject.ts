import { decodeUtf8, encodeUtf8, isUtf8 } from "../memory/utf8";

/** Texts up to this use memory that is kept between matches. */
const KEPT: i32 = 4096;

// @ts-ignore: decorator
@lazy
let kept: Uint8Array = new Uint8Array(0);

/** The UTF-8 of a string; half of a surrogate pair becomes U+FFFD. Valid until the next call. */
export function subjectOf(text: string): Uint8Array {
  let room = kept;
  if (text.length * 3 > KEPT) room = new Uint8Array(text.length * 3);
  else if (room.length == 0) room = kept = new Uint8Array(KEPT);
  const length = <i32>encodeUtf8(changetype<usize>(text), text.length, room.dataStart);
  return room.subarray(0, length);
}

/** Bytes as UTF-8: the same ones, or, where they are none, with U+FFFD for what is ill-formed, as decoding has it. */
export function subjectOfBytes(bytes: Uint8Array): Uint8Array {
  if (isUtf8(bytes.dataStart, bytes.length)) return bytes;
  const text = decodeUtf8(bytes.dataStart, bytes.length);
  const room = new Uint8Array(text.length * 3);
  const length = <i32>encodeUtf8(changetype<usize>(text), text.length, room.dataStart);
  return room.subarray(0, length);
}
