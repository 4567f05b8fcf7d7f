import { decimal } from "../decimal";
import { Json } from "../json/json";

/** A step into a document, and the steps before it. */
export class Place {
  constructor(
    /** The step before; null: this is the first. */
    readonly outer: Place | null,
    /** The value that was stepped into. */
    readonly around: Json,
    /** The member's name; unused for an element. */
    private name: string,
    /** The element's index; below 0 for a member. */
    private index: i32,
  ) {}

  /** The steps from the document, for example `.limits.perSecond` or `.hosts[2]["a b"]`. */
  get path(): string {
    let path = "";
    let place: Place | null = this;
    while (place) {
      path = place.step + path;
      place = place.outer;
    }
    return path;
  }

  private get step(): string {
    if (this.index >= 0) return "[" + decimal(this.index) + "]";
    return isPlain(this.name) ? "." + this.name : '["' + this.name + '"]';
  }
}

/** Whether a name needs no quotes: letters, digits, `_`, `-` and what is not ASCII. */
function isPlain(name: string): bool {
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    const letter = (unit | 0x20) - 0x61;
    if (unit >= 0x80 || (letter >= 0 && letter < 26) || (unit >= 0x30 && unit < 0x3a)) continue;
    if (unit != 0x5f && unit != 0x2d) return false;
  }
  return name.length > 0;
}
