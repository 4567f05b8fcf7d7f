import { Status } from "./abi";
import { getSharedData, setSharedData } from "./hostcalls/shared-data";
import { copyBytes } from "./memory/bytes";
import { bytesOf, encode, lengthOf } from "./memory/encoded";
import { returnedLength, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

const version: usize = memory.data(4, 4);

/** A value and its version. */
export class SharedValue {
  constructor(
    /** The value, copied. */
    readonly bytes: Uint8Array,
    /** Changes with each write of the key; 0: it was never written. */
    readonly version: u32,
  ) {}

  /** The value as text; what is not UTF-8 becomes U+FFFD. */
  get text(): string {
    return decodeUtf8(this.bytes.dataStart, this.bytes.length);
  }
}

/** How `sharedData.update` changes a value. Derive from it, and keep in it what the change depends on. */
export abstract class SharedChange {
  /**
   * What the value becomes; null leaves it as it is. Called again when another worker was quicker, so it must only look at
   * `current`, which is null when there is no value.
   */
  abstract next(current: Uint8Array | null): Uint8Array | null;
}

class Addition extends SharedChange {
  sum: i64 = 0;

  constructor(private amount: i64) {
    super();
  }

  next(current: Uint8Array | null): Uint8Array | null {
    this.sum = this.amount + (current && current.length == 8 ? load<i64>(current.dataStart) : 0);
    const bytes = new Uint8Array(8);
    store<i64>(bytes.dataStart, this.sum);
    return bytes;
  }
}

/** No key has it. With 0 two workers that make a key at once would both think that they did. */
const NO_VERSION: u32 = 0xffffffff;

/** Values that all worker threads see whose VMs have the same `vm_id`. They live as long as the proxy. */
export namespace sharedData {
  /** How the last call went. */
  export let status: Status = Status.Ok;

  /** The value of `key`; null when there is none (`status` is `NotFound`) or the host refused. */
  export function get(key: string): SharedValue | null {
    status = getSharedData(key, version);
    if (status != Status.Ok) return null;
    return new SharedValue(copyBytes(returnedPtr(), returnedLength()), load<u32>(version));
  }

  /**
   * Writes `text` if the key's version is still `expected`; 0 writes in any case. `CasMismatch`: another worker was
   * quicker, so read again and decide again.
   */
  export function set(key: string, text: string, expected: u32 = 0): Status {
    const value = encode(text);
    status = setSharedData(key, bytesOf(value), lengthOf(value), expected);
    return status;
  }

  /**
   * Reads the value of `key`, lets `change` say what it becomes, and writes that if no other worker has written meanwhile;
   * otherwise it tries again. `CasMismatch`: others were quicker every time.
   *
   * @param attempts at least 1
   */
  export function update(key: string, change: SharedChange, attempts: i32 = 10): Status {
    do {
      const current = get(key);
      if (!current && status != Status.NotFound) return status;
      const next = change.next(current ? current.bytes : null);
      if (!next) {
        status = Status.Ok;
        return status;
      }
      setBytes(key, next, current ? current.version : NO_VERSION);
    } while (status == Status.CasMismatch && --attempts > 0);
    return status;
  }

  /**
   * Adds `amount` to the number at `key` (8 bytes, little-endian; 0 when it is absent or no number), whatever other workers
   * do, and returns the sum; 0 when `status` is not `Ok`.
   */
  export function add(key: string, amount: i64): i64 {
    const addition = new Addition(amount);
    return update(key, addition) == Status.Ok ? addition.sum : 0;
  }

  /** Like `set`, with bytes. */
  export function setBytes(key: string, bytes: Uint8Array, expected: u32 = 0): Status {
    status = setSharedData(key, bytes.dataStart, bytes.length, expected);
    return status;
  }
}
