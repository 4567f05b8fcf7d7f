/** What is wrong with a policy, and where. */
export class PolicyFault extends Error {
  constructor(
    readonly path: readonly string[],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The fields of one object of a policy, read with their type; each reader throws a {@link PolicyFault}. */
export interface Fields {
  values: Readonly<Record<string, unknown>>;
  /** A text that is not empty; absent: undefined. */
  text(name: string): string | undefined;
  /** A whole number from `least` to 100; absent: undefined. */
  count(name: string, least: number): number | undefined;
  /** A list of 1 to `most` entries; it must be there. */
  list(name: string, most: number): readonly unknown[];
}

/** Reads an object that has no other fields than these. @throws PolicyFault */
export function fieldsOf(value: unknown, path: readonly string[], names: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PolicyFault(path, "must be a map of keys");
  }
  const values = value as Record<string, unknown>;
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new PolicyFault([...path, unknown], `is unknown; known are ${names.join(", ")}`);
  }
  return {
    values,
    text(name) {
      const text = values[name];
      if (text === undefined || (typeof text === "string" && text !== "")) return text;
      throw new PolicyFault([...path, name], "must be a text");
    },
    count(name, least) {
      const count = values[name];
      if (count === undefined) return undefined;
      if (typeof count === "number" && Number.isSafeInteger(count) && count >= least && count <= 100) {
        return count;
      }
      throw new PolicyFault([...path, name], `must be a whole number from ${least} to 100`);
    },
    list(name, most) {
      const list = values[name];
      if (Array.isArray(list) && list.length > 0 && list.length <= most) return list;
      throw new PolicyFault([...path, name], `must be a list of 1 to ${most} entries`);
    },
  };
}
