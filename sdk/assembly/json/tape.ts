import { JsonKind } from "./kind";

/**
 * A parsed text as a flat list of nodes in document order: for each its kind, where its text starts and ends, and the
 * node behind its last descendant. A member of an object is two nodes, name and value.
 */
export class Tape {
  private words: StaticArray<u32> = new StaticArray<u32>(4 * 16);
  private count: i32 = 0;

  /** The number of nodes. */
  get length(): i32 {
    return this.count;
  }

  /** Adds a node without descendants and returns its place. */
  push(kind: JsonKind, start: i32, end: i32): i32 {
    const at = this.count * 4;
    if (at == this.words.length) {
      const more = new StaticArray<u32>(at * 2);
      memory.copy(changetype<usize>(more), changetype<usize>(this.words), (<usize>at) << 2);
      this.words = more;
    }
    unchecked((this.words[at] = kind));
    unchecked((this.words[at + 1] = start));
    unchecked((this.words[at + 2] = end));
    unchecked((this.words[at + 3] = this.count + 1));
    return this.count++;
  }

  /** All descendants of `node` have been added. */
  close(node: i32, end: i32): void {
    unchecked((this.words[node * 4 + 2] = end));
    unchecked((this.words[node * 4 + 3] = this.count));
  }

  kind(node: i32): JsonKind {
    return <JsonKind>unchecked(this.words[node * 4]);
  }

  start(node: i32): i32 {
    return unchecked(this.words[node * 4 + 1]);
  }

  end(node: i32): i32 {
    return unchecked(this.words[node * 4 + 2]);
  }

  /** The node behind `node` and everything in it. */
  next(node: i32): i32 {
    return unchecked(this.words[node * 4 + 3]);
  }
}
