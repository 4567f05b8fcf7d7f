import { isUtf8 } from "../memory/utf8";
import { JsonKind } from "./kind";
import { Tape } from "./tape";

/** Objects and arrays deeper than this are refused: a configuration has no use for them. */
const MAX_DEPTH: i32 = 128;
/** Longer texts are refused. */
const MAX_BYTES: i32 = 16 * 1024 * 1024;

/**
 * Checks a text against RFC 8259 and writes what it finds on a tape, without recursion. Nothing is accepted that
 * `JSON.parse` refuses.
 */
export class Scanner {
  /** What is wrong; empty: nothing. */
  error: string = "";
  private at: usize;
  private end: usize;
  /** The places on the tape of the containers that are open. */
  private open: StaticArray<i32> = new StaticArray<i32>(MAX_DEPTH);
  private depth: i32 = 0;

  constructor(
    private bytes: Uint8Array,
    private tape: Tape,
  ) {
    this.at = bytes.dataStart;
    this.end = this.at + bytes.length;
  }

  /** Reads the whole text; false when it is not JSON. */
  scan(): bool {
    if (this.bytes.length > MAX_BYTES) return this.fail("the text is longer than 16 MiB");
    if (!isUtf8(this.at, this.bytes.length)) return this.fail("the text is not UTF-8");
    if (!this.value()) return false;
    while (this.depth > 0) {
      if (!this.step()) return false;
    }
    this.space();
    return this.at == this.end || this.fail("expected the end of the text");
  }

  /** How many bytes were read before the error. */
  get offset(): i32 {
    return <i32>(this.at - this.bytes.dataStart);
  }

  /** One more member of the container that is open, or its end. */
  private step(): bool {
    const container = unchecked(this.open[this.depth - 1]);
    const isObject = this.tape.kind(container) == JsonKind.Object;
    const close: u8 = isObject ? 0x7d : 0x5d;
    const first = this.tape.length == container + 1;
    this.space();
    if (this.peek() == close) {
      this.at++;
      this.depth--;
      this.tape.close(container, this.offset);
      return true;
    }
    if (!first) {
      if (this.peek() != 0x2c) return this.fail(isObject ? "expected ',' or '}'" : "expected ',' or ']'");
      this.at++;
      this.space();
    }
    if (!isObject) return this.value();
    if (this.peek() != 0x22) return this.fail("expected a name in double quotes");
    if (!this.text()) return false;
    this.space();
    if (this.peek() != 0x3a) return this.fail("expected ':'");
    this.at++;
    return this.value();
  }

  private value(): bool {
    this.space();
    const byte = this.peek();
    if (byte == 0x7b) return this.container(JsonKind.Object);
    if (byte == 0x5b) return this.container(JsonKind.Array);
    if (byte == 0x22) return this.text();
    if (byte == 0x2d || isDigit(byte)) return this.number();
    if (byte == 0x74) return this.word("true", JsonKind.True);
    if (byte == 0x66) return this.word("false", JsonKind.False);
    if (byte == 0x6e) return this.word("null", JsonKind.Null);
    return this.fail("expected a value");
  }

  private container(kind: JsonKind): bool {
    if (this.depth == MAX_DEPTH) return this.fail("nested more than 128 deep");
    unchecked((this.open[this.depth++] = this.tape.push(kind, this.offset, this.offset + 1)));
    this.at++;
    return true;
  }

  private text(): bool {
    const start = this.offset;
    this.at++;
    while (true) {
      const byte = this.peek();
      if (byte == 0x22) break;
      if (byte < 0x20)
        return this.fail(
          this.at < this.end ? "control characters must be escaped" : "the text ends in a string",
        );
      this.at++;
      if (byte == 0x5c && !this.escape()) return false;
    }
    this.at++;
    this.tape.push(JsonKind.String, start + 1, this.offset - 1);
    return true;
  }

  private escape(): bool {
    const byte = this.peek();
    this.at++;
    if (byte == 0x75) {
      for (let i = 0; i < 4; i++, this.at++) {
        if (!isHex(this.peek())) return this.fail("expected four hexadecimal digits");
      }
      return true;
    }
    // " \ / b f n r t
    if (byte == 0x22 || byte == 0x5c || byte == 0x2f || byte == 0x62) return true;
    if (byte == 0x66 || byte == 0x6e || byte == 0x72 || byte == 0x74) return true;
    this.at--;
    return this.fail("no such escape");
  }

  private number(): bool {
    const start = this.offset;
    if (this.peek() == 0x2d) this.at++;
    if (this.peek() == 0x30) this.at++;
    else if (!this.digits()) return false;
    if (this.peek() == 0x2e) {
      this.at++;
      if (!this.digits()) return false;
    }
    if ((this.peek() | 0x20) == 0x65) {
      this.at++;
      if (this.peek() == 0x2b || this.peek() == 0x2d) this.at++;
      if (!this.digits()) return false;
    }
    this.tape.push(JsonKind.Number, start, this.offset);
    return true;
  }

  private digits(): bool {
    if (!isDigit(this.peek())) return this.fail("expected a digit");
    while (isDigit(this.peek())) this.at++;
    return true;
  }

  private word(word: string, kind: JsonKind): bool {
    const start = this.offset;
    for (let i = 0; i < word.length; i++, this.at++) {
      if (this.peek() != <u8>word.charCodeAt(i)) return this.fail("expected '" + word + "'");
    }
    this.tape.push(kind, start, this.offset);
    return true;
  }

  private space(): void {
    while (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return;
      this.at++;
    }
  }

  /** The next byte; 0, which nothing in JSON begins with, at the end. */
  private peek(): u8 {
    return this.at < this.end ? load<u8>(this.at) : 0;
  }

  private fail(error: string): bool {
    this.error = error;
    return false;
  }
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: u8): bool {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
