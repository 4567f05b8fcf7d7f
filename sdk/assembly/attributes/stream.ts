import { textAt } from "../properties";

// What other filters have said about the stream.

/** Dynamic metadata: the text at `fields` under the filter name `filter`; null when it is absent. */
export function metadata(filter: string, fields: string[]): string | null {
  return textAt("metadata\0filter_metadata\0" + filter + "\0" + fields.join("\0"));
}

/** A filter state object as text; null when it is absent. What `properties.set` has set is at `wasm.<path>`. */
export function filterState(name: string): string | null {
  return textAt("filter_state\0" + name);
}
