import { decodeUtf8 } from "../memory/utf8";

/** What a regular expression has found. */
export class Match {
  constructor(
    private subject: Uint8Array,
    private places: StaticArray<i32>,
    private names: string[],
  ) {}

  /** Where it begins, in bytes of the text's UTF-8. */
  get start(): i32 {
    return unchecked(this.places[0]);
  }

  /** Where it ends, in bytes of the text's UTF-8. */
  get end(): i32 {
    return unchecked(this.places[1]);
  }

  /** What was found. */
  get text(): string {
    return this.between(this.start, this.end);
  }

  /** The text before it. */
  get before(): string {
    return this.between(0, this.start);
  }

  /** The text behind it. */
  get after(): string {
    return this.between(this.end, this.subject.length);
  }

  /** Whether the pattern has a group `index`. */
  hasGroup(index: i32): bool {
    return index >= 0 && index * 2 < this.places.length;
  }

  /** What group `index` has found, from 1; 0 is all. Null when it has found nothing, or there is no such group. */
  group(index: i32): string | null {
    if (!this.hasGroup(index)) return null;
    const start = unchecked(this.places[index * 2]);
    const end = unchecked(this.places[index * 2 + 1]);
    return start < 0 || end < 0 ? null : this.between(start, end);
  }

  /** What the group of this name, `(?<name>…)`, has found; null when it has found nothing, or there is no such group. */
  named(name: string): string | null {
    for (let i = 1; i < this.names.length; i++) {
      if (this.names[i].length > 0 && this.names[i] == name) return this.group(i);
    }
    return null;
  }

  private between(start: i32, end: i32): string {
    return decodeUtf8(this.subject.dataStart + start, end - start);
  }
}
