import { Json } from "./json";
import { Tape } from "./tape";
import { decodeText, isText } from "./text";

/** A place in an array or object, before its first element until `next` is called. `Json.each` makes it. */
export class JsonCursor {
  /** The value's place on the tape; -1 before the first. */
  private node: i32 = -1;

  /** For the reader's own use. */
  constructor(
    private bytes: Uint8Array,
    private tape: Tape,
    private upcoming: i32,
    private end: i32,
    private named: bool,
  ) {}

  /** Goes to the next one; false when there is none. */
  next(): bool {
    if (this.upcoming >= this.end) {
      this.node = -1;
      return false;
    }
    this.node = this.named ? this.upcoming + 1 : this.upcoming;
    this.upcoming = this.tape.next(this.node);
    return true;
  }

  /** The member's name; empty for an element of an array, and where there is none. */
  get name(): string {
    if (this.node < 0 || !this.named) return "";
    const start = this.tape.start(this.node - 1);
    return decodeText(this.bytes.dataStart + start, this.tape.end(this.node - 1) - start);
  }

  /** Whether the member is called `name`. Decodes nothing, unless its name has an escape. */
  isNamed(name: string): bool {
    if (this.node < 0 || !this.named) return false;
    const start = this.tape.start(this.node - 1);
    return isText(this.bytes.dataStart + start, this.tape.end(this.node - 1) - start, name);
  }

  /** For the writer's own use: whether it stands on a member. */
  get isNamedMember(): bool {
    return this.node >= 0 && this.named;
  }

  /** For the writer's own use: where the name's text begins, with its quotes. */
  get nameStart(): usize {
    return this.bytes.dataStart + this.tape.start(this.node - 1) - 1;
  }

  /** For the writer's own use: how long the name's text is, with its quotes. */
  get nameLength(): i32 {
    return this.tape.end(this.node - 1) - this.tape.start(this.node - 1) + 2;
  }

  /** The value; an absent one before the first and behind the last. */
  get value(): Json {
    return Json.ofNode(this.bytes, this.tape, this.node);
  }
}
