import { escapeForm, unescapeForm } from "./percent";

/** Names with values in a query string, in order, as the URL standard's `URLSearchParams` reads and writes them. */
export class Query {
  private names: string[] = [];
  private values: string[] = [];

  /** Reads what stands behind the `?`; a `?` at its beginning is passed over. Everything can be read. */
  static parse(text: string): Query {
    const query = new Query();
    let from = text.length > 0 && text.charCodeAt(0) == 0x3f ? 1 : 0;
    while (from < text.length) {
      let end = text.indexOf("&", from);
      if (end < 0) end = text.length;
      if (end > from) {
        const equals = text.indexOf("=", from);
        const split = equals >= 0 && equals < end ? equals : end;
        query.add(
          unescapeForm(text.substring(from, split)),
          unescapeForm(text.substring(min(split + 1, end), end)),
        );
      }
      from = end + 1;
    }
    return query;
  }

  /** How many there are. */
  get length(): i32 {
    return this.names.length;
  }

  /** The name of the `index`th; empty where there is none. */
  nameAt(index: i32): string {
    return index >= 0 && index < this.names.length ? unchecked(this.names[index]) : "";
  }

  /** The value of the `index`th; empty where there is none. */
  valueAt(index: i32): string {
    return index >= 0 && index < this.values.length ? unchecked(this.values[index]) : "";
  }

  /** The first value of a name; null when it is not there. */
  get(name: string): string | null {
    const at = this.names.indexOf(name);
    return at < 0 ? null : unchecked(this.values[at]);
  }

  /** All values of a name. */
  getAll(name: string): string[] {
    const all: string[] = [];
    for (let i = 0; i < this.names.length; i++) {
      if (unchecked(this.names[i]) == name) all.push(unchecked(this.values[i]));
    }
    return all;
  }

  /** Whether a name is there. */
  has(name: string): bool {
    return this.names.includes(name);
  }

  /** Adds one behind the others. */
  add(name: string, value: string): Query {
    this.names.push(name);
    this.values.push(value);
    return this;
  }

  /** Sets the first of a name, or adds it, and removes its others. */
  set(name: string, value: string): Query {
    const at = this.names.indexOf(name);
    if (at < 0) return this.add(name, value);
    unchecked((this.values[at] = value));
    this.keep(name, at + 1);
    return this;
  }

  /** Removes all of a name. */
  remove(name: string): Query {
    this.keep(name, 0);
    return this;
  }

  /** The query string, without a `?`. */
  toString(): string {
    let text = "";
    for (let i = 0; i < this.names.length; i++) {
      text +=
        (i ? "&" : "") + escapeForm(unchecked(this.names[i])) + "=" + escapeForm(unchecked(this.values[i]));
    }
    return text;
  }

  /** Removes those of a name from `from` on. */
  private keep(name: string, from: i32): void {
    let kept = from;
    for (let i = from; i < this.names.length; i++) {
      if (unchecked(this.names[i]) == name) continue;
      unchecked((this.names[kept] = this.names[i]));
      unchecked((this.values[kept] = this.values[i]));
      kept++;
    }
    this.names.length = kept;
    this.values.length = kept;
  }
}
