import { Status } from "./abi";
import { getProperty, setProperty } from "./hostcalls/property";
import { HeaderList } from "./http/header-list";
import { copyBytes } from "./memory/bytes";
import { bytesOf, encode, lengthOf } from "./memory/encoded";
import { returnedLength, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

/**
 * What Envoy knows of the stream, the connection and itself, by path: `["request", "path"]`, `["source", "port"]`.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes lists them, and `attributes` has
 * those by name. In Envoy's encoding texts and bytes are as they are, whole numbers, times and durations (nanoseconds) and
 * fractions have 8 bytes, booleans one, maps and lists are pairs, and messages are protobuf.
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

  /**
   * Gives the stream a property of its own, which every filter behind this one and the access log find as
   * `wasm.<path>` of the filter state, and this plugin at the same path. `NotFound` outside a stream.
   */
  export function set(path: string[], value: string): Status {
    const text = encode(value);
    status = setProperty(path.join("\0"), bytesOf(text), lengthOf(text));
    return status;
  }

  /** Like `set`, with bytes. */
  export function setBytes(path: string[], value: Uint8Array): Status {
    status = setProperty(path.join("\0"), value.dataStart, value.length);
    return status;
  }

  /** A property that is a map (`["request", "headers"]`, `["metadata", "filter_metadata", …]`); null when it is absent or no map. */
  export function getMap(path: string[]): HeaderList | null {
    return read(path) ? HeaderList.parse(returnedPtr(), returnedLength()) : null;
  }

  function read(path: string[]): bool {
    return readAt(path.join("\0"));
  }
}

/** Reads the property at `path`, its parts joined by "\0": false when there is none. A literal costs no encoding. */
export function readAt(path: string): bool {
  properties.status = getProperty(path);
  return properties.status == Status.Ok;
}

/** The text at `path`; null when it is absent. */
export function textAt(path: string): string | null {
  return readAt(path) ? decodeUtf8(returnedPtr(), returnedLength()) : null;
}

/** The whole number at `path`; `fallback` when it is absent. */
export function intAt(path: string, fallback: i64): i64 {
  return readAt(path) && returnedLength() == 8 ? load<i64>(returnedPtr()) : fallback;
}
