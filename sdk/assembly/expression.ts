import { Status } from "./abi";
import { foreignFunction } from "./hostcalls/foreign-function";
import { bytesOf, encode, lengthOf } from "./memory/encoded";
import { copyBytes } from "./memory/bytes";
import { returnedLength, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

const argument: usize = memory.data(4, 4);

/**
 * A CEL expression over the attributes of a stream, evaluated by Envoy: `request.method == "GET" && source.port > 1024`.
 * Make it once, when the plugin is configured, and evaluate it in streams. Since Envoy 1.17, in builds with the CEL
 * parser (Envoy's own are); elsewhere `status` is `NotFound`. https://github.com/google/cel-spec
 */
export class Expression {
  /** How the last call went; `BadArgument` after the constructor: the text is no expression, and Envoy logs why. */
  status: Status;
  private token: u32 = 0;
  private isMade: bool = false;

  /** @param text in CEL; `status` says whether it is an expression */
  constructor(text: string) {
    const encoded = encode(text);
    this.status = foreignFunction("expr_create", bytesOf(encoded), lengthOf(encoded));
    if (this.status == Status.Ok && returnedLength() == 4) {
      this.token = load<u32>(returnedPtr());
      this.isMade = true;
    } else if (this.status == Status.Ok) this.status = Status.ResultMismatch;
  }

  /** The value as Envoy encodes it (see `properties`); null when there is none, as when an attribute is absent. */
  evaluate(): Uint8Array | null {
    return this.run() ? copyBytes(returnedPtr(), returnedLength()) : null;
  }

  /** The value of an expression that is text; null when there is none. */
  evaluateText(): string | null {
    return this.run() ? decodeUtf8(returnedPtr(), returnedLength()) : null;
  }

  /** The value of an expression that is true or false; `fallback` when there is none. */
  evaluateBool(fallback: bool = false): bool {
    return this.run() && returnedLength() == 1 ? load<u8>(returnedPtr()) != 0 : fallback;
  }

  /** The value of an expression that is a whole number, a time or a duration; `fallback` when there is none. */
  evaluateInt(fallback: i64 = 0): i64 {
    return this.run() && returnedLength() == 8 ? load<i64>(returnedPtr()) : fallback;
  }

  /** Gives up what Envoy holds for it; it has no value any more. */
  delete(): Status {
    if (!this.isMade) return Status.NotFound;
    this.isMade = false;
    store<u32>(argument, this.token);
    this.status = foreignFunction("expr_delete", argument, 4);
    return this.status;
  }

  private run(): bool {
    if (!this.isMade) {
      this.status = Status.NotFound;
      return false;
    }
    store<u32>(argument, this.token);
    this.status = foreignFunction("expr_evaluate", argument, 4);
    return this.status == Status.Ok;
  }
}
