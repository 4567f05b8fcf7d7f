/** The highest code point. */
export const MAX_CODE_POINT: i32 = 0x10ffff;

/** A set of code points as ranges, sorted and apart once `settle` was called. */
export class CodePoints {
  /** First and last of each range, in turn. */
  ranges: i32[] = [];

  /** Adds the code points from `first` to `last`. */
  add(first: i32, last: i32): CodePoints {
    this.ranges.push(first);
    this.ranges.push(last);
    return this;
  }

  /** Adds all of another set. */
  addAll(other: CodePoints): void {
    for (let i = 0; i < other.ranges.length; i++) this.ranges.push(unchecked(other.ranges[i]));
  }

  /** Adds the other case of every letter of ASCII. */
  foldCase(): void {
    const count = this.ranges.length;
    for (let i = 0; i < count; i += 2) {
      const first = unchecked(this.ranges[i]);
      const last = unchecked(this.ranges[i + 1]);
      this.addShifted(max(first, 0x41), min(last, 0x5a), 0x20);
      this.addShifted(max(first, 0x61), min(last, 0x7a), -0x20);
    }
  }

  /** Sorts the ranges and joins those that touch. */
  settle(): CodePoints {
    const ranges = this.ranges;
    // Insertion by pairs: there are few.
    for (let i = 2; i < ranges.length; i += 2) {
      const first = ranges[i];
      const last = ranges[i + 1];
      let at = i;
      for (; at > 0 && ranges[at - 2] > first; at -= 2) {
        ranges[at] = ranges[at - 2];
        ranges[at + 1] = ranges[at - 1];
      }
      ranges[at] = first;
      ranges[at + 1] = last;
    }
    const joined: i32[] = [];
    for (let i = 0; i < ranges.length; i += 2) {
      const end = joined.length;
      if (end && ranges[i] <= joined[end - 1] + 1) joined[end - 1] = max(joined[end - 1], ranges[i + 1]);
      else {
        joined.push(ranges[i]);
        joined.push(ranges[i + 1]);
      }
    }
    this.ranges = joined;
    return this;
  }

  /** The code points that are not in the set. */
  inverted(): CodePoints {
    const rest = new CodePoints();
    let next = 0;
    const ranges = this.settle().ranges;
    for (let i = 0; i < ranges.length; i += 2) {
      if (ranges[i] > next) rest.add(next, ranges[i] - 1);
      next = ranges[i + 1] + 1;
    }
    if (next <= MAX_CODE_POINT) rest.add(next, MAX_CODE_POINT);
    return rest;
  }

  private addShifted(first: i32, last: i32, by: i32): void {
    if (first <= last) this.add(first + by, last + by);
  }
}

/** `\d`: the digits of ASCII. */
export function digits(): CodePoints {
  return new CodePoints().add(0x30, 0x39);
}

/** `\w`: letters and digits of ASCII, and `_`. */
export function wordCharacters(): CodePoints {
  return digits().add(0x41, 0x5a).add(0x5f, 0x5f).add(0x61, 0x7a);
}

/** `\s`: white space and line ends, as ECMAScript has them. */
export function whiteSpace(): CodePoints {
  const space = lineEnds().add(0x09, 0x0d).add(0x20, 0x20).add(0xa0, 0xa0).add(0x1680, 0x1680);
  return space
    .add(0x2000, 0x200a)
    .add(0x202f, 0x202f)
    .add(0x205f, 0x205f)
    .add(0x3000, 0x3000)
    .add(0xfeff, 0xfeff);
}

/** What `.` does not match: line feed, carriage return, and the separators of lines and paragraphs. */
export function lineEnds(): CodePoints {
  return new CodePoints().add(0x0a, 0x0a).add(0x0d, 0x0d).add(0x2028, 0x2029);
}
