import { fromByteString } from "./bytes.js";
import type { HeaderMap } from "./header-map.js";

/**
 * Headers as a test reads them. Names are in lower case; values are decoded as UTF-8. Pseudo-headers
 * (`:status`, `:path`) answer to `get`, and are not listed.
 */
export class HeadersView implements Iterable<[string, string]> {
  /** @internal */
  constructor(private readonly map: HeaderMap | undefined) {}

  /** The first value, or null when there is none, as the fetch API has it. */
  get(name: string): string | null {
    const value = this.map?.get(name);
    return value === undefined ? null : fromByteString(value);
  }

  /** All values, in order; empty when there are none. */
  getAll(name: string): string[] {
    return this.map?.getAll(name).map(fromByteString) ?? [];
  }

  /** The first value's bytes, or null: header values need not be UTF-8. */
  getBytes(name: string): Uint8Array | null {
    const value = this.map?.get(name);
    return value === undefined ? null : Buffer.from(value, "latin1");
  }

  has(name: string): boolean {
    return this.map?.get(name) !== undefined;
  }

  /** `[name, value]` in order, repeated names included. */
  entries(): [string, string][] {
    const pairs = this.map?.pairs() ?? [];
    return pairs
      .filter(([name]) => !name.startsWith(":"))
      .map(([name, value]) => [fromByteString(name), fromByteString(value)]);
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.entries()[Symbol.iterator]();
  }

  toJSON(): [string, string][] {
    return this.entries();
  }
}
