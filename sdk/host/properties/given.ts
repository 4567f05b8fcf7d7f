import { toByteString } from "../headers/bytes.js";
import type { Pair } from "../headers/pairs.js";
import { type PropertyMap, type PropertyValue, serializeProperty } from "./value.js";

/**
 * A property as a test gives it. Text is UTF-8, a bigint an int and a number a double. Objects and lists are what metadata is in
 * Envoy, a `google.protobuf.Struct`: their parts are found by name and by number, where all numbers should be doubles; null is there
 * and has no bytes (SerializationFailure).
 */
export type PropertyInput =
  | string
  | Uint8Array
  | bigint
  | number
  | boolean
  | null
  | readonly PropertyInput[]
  | { readonly [name: string]: PropertyInput };

/** The value that the host looks up, and hands over as `serializeValue` of Envoy's context.cc does. */
export function givenProperty(input: PropertyInput): PropertyValue {
  if (typeof input === "string" || input instanceof Uint8Array) return toByteString(input);
  if (input === null) return { field: () => undefined };
  if (typeof input !== "object") return input;
  return isList(input) ? list(input.map(givenProperty)) : struct(new Map(entriesOf(input)));
}

// Narrowing by Array.isArray leaves readonly lists in.
const isList = (input: object): input is readonly PropertyInput[] => Array.isArray(input);
const entriesOf = (input: { readonly [name: string]: PropertyInput }) =>
  Object.entries(input).map(([name, value]): [string, PropertyValue] => [
    toByteString(name),
    givenProperty(value),
  ]);

const struct = (fields: ReadonlyMap<string, PropertyValue>): PropertyMap => ({
  field: (name) => fields.get(name),
  pairs: () => allOrNone([...fields].map(([name, value]) => [name, serializeProperty(value)])),
});

// An element is a name without a value.
const list = (elements: readonly PropertyValue[]): PropertyMap => ({
  field: (name) => (/^\d+$/.test(name) ? elements[Number(name)] : undefined),
  pairs: () => allOrNone(elements.map((element) => [serializeProperty(element), ""])),
});

function allOrNone(pairs: (readonly [string | undefined, string | undefined])[]): Pair[] | undefined {
  const whole = pairs.flatMap(([name, value]): Pair[] =>
    name === undefined || value === undefined ? [] : [[name, value]],
  );
  return whole.length === pairs.length ? whole : undefined;
}

/** What is given for a path with dots, or for what it begins with; undefined: nothing. */
export function findGiven(
  given: ReadonlyMap<string, PropertyValue>,
  path: string,
): PropertyValue | undefined {
  if (given.size === 0) return undefined;
  const parts = path.split(".");
  for (let count = parts.length; count > 0; count--) {
    let value = given.get(parts.slice(0, count).join("."));
    for (const part of parts.slice(count)) value = typeof value === "object" ? value.field(part) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}
