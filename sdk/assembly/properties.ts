import { Status } from "./abi";
import { getProperty } from "./hostcalls/property";
import { copyBytes } from "./memory/bytes";
import { returnedLength, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

/**
 * What Envoy knows of the stream, the connection and itself, by path: `["request", "path"]`, `["source", "port"]`.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes lists them.
 */
export namespace properties {
  /** How the last call went; `NotFound`: there is no such property, or not in this phase. */
  export let status: Status = Status.Ok;

  /** The property as Envoy encodes it; null when it is absent. */
  export function getBytes(path: string[]): Uint8Array | null {
    return read(path) ? copyBytes(returnedPtr(), returnedLength()) : null;
  }

  /** A property that is text; null when it is absent. */
  export function getString(path: string[]): string | null {
    return read(path) ? decodeUtf8(returnedPtr(), returnedLength()) : null;
  }

  /** A property that is a whole number, a time or a duration (nanoseconds); `fallback` when it is absent or no such. */
  export function getInt(path: string[], fallback: i64 = 0): i64 {
    return read(path) && returnedLength() == 8 ? load<i64>(returnedPtr()) : fallback;
  }

  /** A property that is a fraction; `fallback` when it is absent or no such. */
  export function getFloat(path: string[], fallback: f64 = 0): f64 {
    return read(path) && returnedLength() == 8 ? load<f64>(returnedPtr()) : fallback;
  }

  /** A property that is true or false; `fallback` when it is absent or no such. */
  export function getBool(path: string[], fallback: bool = false): bool {
    return read(path) && returnedLength() == 1 ? load<u8>(returnedPtr()) != 0 : fallback;
  }

  function read(path: string[]): bool {
    status = getProperty(path.join("\0"));
    return status == Status.Ok;
  }
}
