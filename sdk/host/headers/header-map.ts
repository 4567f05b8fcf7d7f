import { lowerCase } from "./bytes.js";
import { isInline } from "./inline.js";
import type { Pair } from "./pairs.js";

/** What a header map belongs to; Envoy treats some names differently in each. */
export type HeaderMapKind = "request" | "requestTrailers" | "response" | "responseTrailers";

/**
 * An ordered multi-map with Envoy's habits (`HeaderMapImpl`): names in lower case, pseudo-headers first,
 * a second `add` makes a second entry except for the names that Envoy keeps once and joins.
 * Names and values are byte strings.
 */
export class HeaderMap {
  private readonly names: string[] = [];
  private readonly values: string[] = [];
  private pseudo = 0;

  constructor(readonly kind: HeaderMapKind) {}

  /** Number of entries. */
  get size(): number {
    return this.names.length;
  }

  /** Bytes of all names and values together (`HeaderMap::byteSize`). */
  get byteSize(): number {
    let size = 0;
    for (let index = 0; index < this.names.length; index++)
      size += this.names[index]!.length + this.values[index]!.length;
    return size;
  }

  /** The first value, or undefined. */
  get(name: string): string | undefined {
    const index = this.names.indexOf(this.canonical(name));
    return index < 0 ? undefined : this.values[index];
  }

  /** All values, in order. */
  getAll(name: string): string[] {
    const wanted = this.canonical(name);
    return this.values.filter((_, index) => this.names[index] === wanted);
  }

  /** `addCopy`: one more entry, or the value joined to the existing one where Envoy keeps one entry only. */
  add(name: string, value: string): void {
    const key = this.canonical(name);
    const index = isInline(this.kind, key) ? this.names.indexOf(key) : -1;
    if (index < 0) this.insert(key, value);
    else if (value !== "")
      this.values[index] = this.values[index] === "" ? value : `${this.values[index]},${value}`;
  }

  /** `setCopy`: afterwards there is exactly this one entry of that name. */
  set(name: string, value: string): void {
    const key = this.canonical(name);
    this.removeCanonical(key);
    this.insert(key, value);
  }

  /** Removes every entry of that name. */
  remove(name: string): void {
    this.removeCanonical(this.canonical(name));
  }

  /** Removes everything. */
  clear(): void {
    this.names.length = 0;
    this.values.length = 0;
    this.pseudo = 0;
  }

  /** All entries in order, pseudo-headers included. */
  pairs(): Pair[] {
    return this.names.map((name, index) => [name, this.values[index]!]);
  }

  private canonical(name: string): string {
    const key = lowerCase(name);
    return key === "host" && this.kind === "request" ? ":authority" : key;
  }

  private insert(key: string, value: string): void {
    if (key.charCodeAt(0) === 58) {
      this.names.splice(this.pseudo, 0, key);
      this.values.splice(this.pseudo++, 0, value);
    } else {
      this.names.push(key);
      this.values.push(value);
    }
  }

  private removeCanonical(key: string): void {
    for (let index = this.names.indexOf(key); index >= 0; index = this.names.indexOf(key, index)) {
      this.names.splice(index, 1);
      this.values.splice(index, 1);
      if (index < this.pseudo) this.pseudo--;
    }
  }
}
