import { randomFillSync } from "node:crypto";

/**
 * A module that no other is like: one custom section of about that many bytes, which compress to about 28 %,
 * roughly as compiled code does.
 */
export function randomModule(bytes: number): Uint8Array {
  const content = Buffer.alloc(bytes);
  const words = randomFillSync(Buffer.alloc(2 * 1024));
  const choice = randomFillSync(new Uint16Array(Math.ceil(bytes / 8)));
  for (let at = 0, index = 0; at < bytes; at += 8, index++) {
    const place = (choice[index] ?? 0) % (words.length - 8);
    words.copy(content, at, place, place + 8);
  }
  const name = Buffer.from([1, 0x78]);
  return Buffer.concat([
    Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0]),
    leb128(name.length + content.length),
    name,
    content,
  ]);
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
