/** Names that a class may not have: AssemblyScript's own, and those that the file imports. */
const takenTypes = new Set(
  (
    "Array ArrayBuffer ArrayBufferView Atomics Boolean DataView Date Error Function Infinity Int8Array Int16Array Int32Array " +
    "Int64Array Float32Array Float64Array JSON Map Math Mathf NaN NativeMath NativeMathf Number Object RangeError Reflect RegExp " +
    "Set StaticArray String SyntaxError Symbol TypeError URIError Uint8Array Uint8ClampedArray Uint16Array Uint32Array " +
    "Uint64Array WeakMap WeakSet Proxy Promise Iterator BigInt Atomics I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 V128 Bool Void " +
    "ConfigReader Json PluginConfiguration Regex Encoded"
  ).split(" "),
);

/** Names that a field may not have: the language's, and the methods of every class that is made. */
const takenFields = new Set(
  (
    "abstract as async await bool break case catch class const constructor continue debugger declare default delete do else enum " +
    "export extends false finally for from function get if implements import in instanceof interface is keyof let module " +
    "namespace new null of package private protected public read readonly return set static super switch this throw true " +
    "try type typeof var void while with yield __proto__"
  ).split(" "),
);

/** The names that are given in one file, or in one class, each once. */
export class Names {
  private readonly used = new Set<string>();

  /** A class or enum: `words` in Pascal case, with `Config` before it where it is a name of the language. */
  type(words: string): string {
    const name = pascalCase(words) || "Value";
    const plain = takenTypes.has(name) || /^\d/.test(name) ? `Config${name}` : name;
    return this.unique(plain);
  }

  /** A field: `words` as they are where that is a name, else in camel case; with `_` behind a word of the language. */
  field(words: string): string {
    const name = /^[A-Za-z_]\w*$/.test(words) ? words : lowerFirst(pascalCase(words));
    if (name === "" || /^\d/.test(name)) return this.unique(`value${name}`);
    return this.unique(takenFields.has(name) ? `${name}_` : name);
  }

  /** A member of an enum. */
  member(words: string): string {
    const name = pascalCase(words) || (words === "" ? "Empty" : "Other");
    return this.unique(/^\d/.test(name) ? `Value${name}` : name);
  }

  /** `name`, or with the first number behind it that makes it unused. */
  unique(name: string): string {
    let free = name;
    for (let count = 2; this.used.has(free); count++) free = `${name}${count}`;
    this.used.add(free);
    return free;
  }
}

/** `requests-per second` → `RequestsPerSecond`; what is no letter or digit of ASCII separates. */
export function pascalCase(words: string): string {
  return words
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
