/** Name and value, both byte strings. */
export type Pair = readonly [name: string, value: string];

const MAX_BYTES = 1024 * 1024;
const MAX_COUNT = 1024;

/** The ABI's serialized form of a list of pairs (`PairsUtil::marshalPairs`). */
export function encodePairs(pairs: readonly Pair[]): Buffer {
  let size = 4;
  for (const [name, value] of pairs) size += 10 + name.length + value.length;
  const out = Buffer.allocUnsafe(size);
  out.writeUInt32LE(pairs.length, 0);
  let at = 4;
  for (const [name, value] of pairs) {
    out.writeUInt32LE(name.length, at);
    out.writeUInt32LE(value.length, at + 4);
    at += 8;
  }
  for (const pair of pairs)
    for (const text of pair) {
      out.write(text, at, "latin1");
      at += text.length;
      out[at++] = 0;
    }
  return out;
}

/**
 * Reads what a guest serialized. Malformed, over 1 MiB or over 1024 pairs: the empty list, silently, as
 * `PairsUtil::toPairs` does.
 */
export function decodePairs(bytes: Buffer): Pair[] {
  if (bytes.length > MAX_BYTES || bytes.length < 4) return [];
  const count = bytes.readUInt32LE(0);
  if (count > MAX_COUNT || 4 + count * 8 > bytes.length) return [];
  const pairs: Pair[] = [];
  let at = 4 + count * 8;
  for (let index = 0; index < count; index++) {
    const nameEnd = at + bytes.readUInt32LE(4 + index * 8);
    if (nameEnd >= bytes.length || bytes[nameEnd] !== 0) return [];
    const valueEnd = nameEnd + 1 + bytes.readUInt32LE(8 + index * 8);
    if (valueEnd >= bytes.length || bytes[valueEnd] !== 0) return [];
    pairs.push([bytes.toString("latin1", at, nameEnd), bytes.toString("latin1", nameEnd + 1, valueEnd)]);
    at = valueEnd + 1;
  }
  return at === bytes.length ? pairs : [];
}
