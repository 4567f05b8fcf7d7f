import { type Loaded, loadFunctions } from "./compile-snippet.js";

/** A value as the SDK's reader sees it. */
export type Seen =
  | { kind: "null" | "true" | "false" }
  | { kind: "number"; source: string; int: bigint; bits: bigint }
  | { kind: "string"; text: string }
  | { kind: "array"; items: Seen[] }
  | { kind: "object"; members: [name: string, value: Seen][] };

interface Exports {
  room(size: number): number;
  parse(length: number): number;
  dump(): number;
  error(): number;
}

const source = `
import { Json, JsonKind } from "@meshwasm/sdk/assembly/json/json";

let input: Uint8Array = new Uint8Array(0);
let json: Json = Json.emptyObject();
let words: string[] = [];

export function room(size: i32): usize {
  input = new Uint8Array(size);
  return input.dataStart;
}
export function parse(): bool {
  json = Json.parse(input);
  return !json.isInvalid;
}
export function error(): string {
  return json.error;
}
/** Words of one kind letter and a text, each with its length, so that no text can be taken for another. */
export function dump(): string {
  words = [];
  visit(json);
  return words.join("");
}
function put(letter: string, text: string): void {
  words.push(letter + text.length.toString() + ":" + text);
}
function visit(value: Json): void {
  if (value.kind == JsonKind.Null) return put("l", "");
  if (value.kind == JsonKind.True) return put(value.asBool(false) ? "t" : "!", "");
  if (value.kind == JsonKind.False) return put(value.asBool(true) ? "!" : "f", "");
  if (value.kind == JsonKind.String) return put("s", value.asString());
  if (value.kind == JsonKind.Number) {
    put("n", value.source());
    put("i", value.asInt(-42).toString());
    return put("d", reinterpret<u64>(value.asFloat()).toString());
  }
  if (value.kind == JsonKind.Array) {
    put("a", value.length.toString());
    for (let i = 0; i < value.length; i++) visit(value.at(i));
    return;
  }
  const keys = value.keys();
  put("o", keys.length.toString());
  assert(keys.length == value.length);
  for (let i = 0; i < keys.length; i++) {
    put("k", keys[i]);
    visit(value.get(keys[i]));
  }
}
`;

/** The SDK's JSON reader, compiled, with its answers as JavaScript values. */
export class JsonProbe {
  private constructor(private readonly wasm: Loaded<Exports>) {}

  static async load(): Promise<JsonProbe> {
    return new JsonProbe(await loadFunctions<Exports>(source));
  }

  /** Reads a text; undefined when it is refused. */
  parse(text: string | Uint8Array): Seen | undefined {
    if (!this.accepts(text)) return undefined;
    return readValue(this.wasm.__getString(this.wasm.dump()));
  }

  /** Whether the text is accepted. */
  accepts(text: string | Uint8Array): boolean {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    this.wasm.__collect();
    const ptr = this.wasm.room(bytes.length);
    new Uint8Array(this.wasm.memory.buffer).set(bytes, ptr);
    return this.wasm.parse(bytes.length) !== 0;
  }

  /** Why the last text was refused. */
  get error(): string {
    return this.wasm.__getString(this.wasm.error());
  }
}

function readValue(dump: string): Seen {
  let at = 0;
  const next = (): [letter: string, text: string] => {
    const colon = dump.indexOf(":", at);
    const letter = dump.charAt(at);
    const end = colon + 1 + Number(dump.slice(at + 1, colon));
    at = end;
    return [letter, dump.slice(colon + 1, end)];
  };
  const value = (): Seen => {
    const [letter, text] = next();
    if (letter === "l") return { kind: "null" };
    if (letter === "t") return { kind: "true" };
    if (letter === "f") return { kind: "false" };
    if (letter === "s") return { kind: "string", text };
    if (letter === "n")
      return { kind: "number", source: text, int: BigInt(next()[1]), bits: BigInt(next()[1]) };
    if (letter === "a") return { kind: "array", items: Array.from({ length: Number(text) }, value) };
    if (letter !== "o") throw new Error(`the dump has ${letter}: ${dump}`);
    return { kind: "object", members: Array.from({ length: Number(text) }, () => [next()[1], value()]) };
  };
  return value();
}
