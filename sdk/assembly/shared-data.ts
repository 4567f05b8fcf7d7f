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

  /** Like `set`, with bytes. */
  export function setBytes(key: string, bytes: Uint8Array, expected: u32 = 0): Status {
    status = setSharedData(key, bytes.dataStart, bytes.length, expected);
    return status;
  }
}
