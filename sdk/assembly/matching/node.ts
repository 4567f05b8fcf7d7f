import { CodePoints } from "./code-points";

/** What a part of a regular expression is. */
export enum NodeKind {
  /** Nothing, which is found everywhere. */
  Empty,
  /** One of a set of characters. */
  Set,
  /** Parts one behind the other. */
  Sequence,
  /** One of several parts, the first that fits. */
  Choice,
  /** A part, repeated. */
  Repeat,
  /** A part whose place is kept. */
  Group,
  /** A condition on the place. */
  Assert,
}

/** A part of a regular expression. */
export class Node {
  set: CodePoints | null = null;
  parts: Node[] = [];
  /** `Repeat`: how often; `most` below 0: without end. */
  least: i32 = 0;
  most: i32 = 0;
  greedy: bool = true;
  /** `Group`: its number. `Assert`: which condition, an `Op`. */
  index: i32 = 0;
  /** `Repeat`: the groups in it, from `firstGroup` on, before `endGroup`. */
  firstGroup: i32 = 0;
  endGroup: i32 = 0;

  constructor(readonly kind: NodeKind) {}

  /** Whether it can be found without a character. */
  get canBeEmpty(): bool {
    if (this.kind == NodeKind.Set) return false;
    if (this.kind == NodeKind.Repeat && this.least == 0) return true;
    if (this.kind == NodeKind.Choice) {
      for (let i = 0; i < this.parts.length; i++) if (this.parts[i].canBeEmpty) return true;
      return false;
    }
    for (let i = 0; i < this.parts.length; i++) if (!this.parts[i].canBeEmpty) return false;
    return true;
  }
}
