import { copyBytes, sameBytes } from "../memory/bytes";
import { take } from "../memory/arena";
import { Encoded, bytesOf, encode, lengthOf } from "../memory/encoded";
import { decodeUtf8 } from "../memory/utf8";
import { PairReader } from "./pair-reader";

/** One header, as bytes; its strings are decoded when they are asked for. */
export class HeaderEntry {
  constructor(
    private nameBytes: Uint8Array,
    private valueBytes: Uint8Array,
  ) {}

  /** The name: lower-case in what comes from Envoy. */
  get name(): string {
    return decodeUtf8(this.nameBytes.dataStart, this.nameBytes.length);
  }

  /** The value; bytes that are not UTF-8 become U+FFFD. */
  get value(): string {
    return decodeUtf8(this.valueBytes.dataStart, this.valueBytes.length);
  }

  /** The name as it was sent. */
  get rawName(): Uint8Array {
    return this.nameBytes;
  }

  /** The value as it was sent. */
  get rawValue(): Uint8Array {
    return this.valueBytes;
  }

  /** Whether the name is `name`, to the byte. A literal costs nothing. */
  isNamed(name: string): bool {
    const other = encode(name);
    return sameBytes(this.nameBytes.dataStart, this.nameBytes.length, bytesOf(other), lengthOf(other));
  }
}

/** Headers in order, repeated names included: all of a message's, or those for a local response. */
export class HeaderList {
  /** As the host has serialized them, until somebody wants entries: most filters look for a few names only. */
  private block: ArrayBuffer | null = null;
  private made: HeaderEntry[] = [];

  /** The number of entries. */
  get length(): i32 {
    return this.entries.length;
  }

  /** The entry at `index`, from 0; null when there is none. */
  at(index: i32): HeaderEntry | null {
    const entries = this.entries;
    return index >= 0 && index < entries.length ? entries[index] : null;
  }

  /** Adds an entry behind the others and returns the list. */
  add(name: string, value: string): HeaderList {
    return this.addBytes(encode(name), encode(value));
  }

  /** The first value of `name`; null when there is none. */
  get(name: string): string | null {
    const block = this.block;
    if (block) return firstOf(block, name);
    const entries = this.made;
    for (let i = 0; i < entries.length; i++) {
      if (entries[i].isNamed(name)) return entries[i].value;
    }
    return null;
  }

  /** Every value of `name`, in order. */
  getAll(name: string): string[] {
    const values: string[] = [];
    const entries = this.entries;
    for (let i = 0; i < entries.length; i++) {
      if (entries[i].isNamed(name)) values.push(entries[i].value);
    }
    return values;
  }

  private addBytes(name: Encoded, value: Encoded): HeaderList {
    this.entries.push(
      new HeaderEntry(copyBytes(bytesOf(name), lengthOf(name)), copyBytes(bytesOf(value), lengthOf(value))),
    );
    return this;
  }

  /** Reads what the host has serialized; anything malformed ends the list where it stands. */
  static parse(ptr: usize, length: u32): HeaderList {
    const list = new HeaderList();
    const block = new ArrayBuffer(length);
    memory.copy(changetype<usize>(block), ptr, length);
    list.block = block;
    return list;
  }

  private get entries(): HeaderEntry[] {
    const block = this.block;
    if (!block) return this.made;
    const pairs = new PairReader(changetype<usize>(block), block.byteLength);
    while (pairs.next()) {
      this.made.push(
        new HeaderEntry(
          copyBytes(pairs.namePtr, pairs.nameLength),
          copyBytes(pairs.valuePtr, pairs.valueLength),
        ),
      );
    }
    this.block = null;
    return this.made;
  }

  /** How many bytes `serialize` writes. */
  get serializedLength(): u32 {
    const entries = this.entries;
    let length: u32 = 4;
    for (let i = 0; i < entries.length; i++) {
      length += 10 + entries[i].rawName.length + entries[i].rawValue.length;
    }
    return length;
  }

  /** The list as the host reads it (see `PairReader`), valid until the callback returns. */
  serialize(): usize {
    const ptr = take(this.serializedLength);
    const entries = this.entries;
    const count = entries.length;
    store<u32>(ptr, count);
    let at = ptr + 4 + <usize>count * 8;
    for (let i = 0; i < count; i++) {
      const entry = entries[i];
      store<u32>(ptr + 4 + <usize>i * 8, entry.rawName.length);
      store<u32>(ptr + 8 + <usize>i * 8, entry.rawValue.length);
      at = append(append(at, entry.rawName), entry.rawValue);
    }
    return ptr;
  }
}

function append(at: usize, bytes: Uint8Array): usize {
  memory.copy(at, bytes.dataStart, bytes.length);
  store<u8>(at + bytes.length, 0);
  return at + bytes.length + 1;
}

function firstOf(block: ArrayBuffer, name: string): string | null {
  const other = encode(name);
  const pairs = new PairReader(changetype<usize>(block), block.byteLength);
  while (pairs.next()) {
    if (!sameBytes(pairs.namePtr, pairs.nameLength, bytesOf(other), lengthOf(other))) continue;
    return decodeUtf8(pairs.valuePtr, pairs.valueLength);
  }
  return null;
}
