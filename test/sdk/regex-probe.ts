import { type Loaded, loadFunctions } from "./compile-snippet.js";

interface Exports {
  compile(pattern: number, flags: number): number;
  errorAt(): number;
  error(): number;
  test(text: number): number;
  find(text: number): number;
  group(index: number): number;
  start(): number;
  replaceAll(text: number, replacement: number): number;
  steps(): bigint;
  room(size: number): number;
  testBytes(): number;
}

const source = `
import { Regex } from "@meshwasm/sdk/assembly/matching/regex";
import { Match } from "@meshwasm/sdk/assembly/matching/match";
let regex: Regex = Regex.compile("");
let match: Match | null = null;
let input: Uint8Array = new Uint8Array(0);
export function compile(pattern: string, flags: string): bool { regex = Regex.compile(pattern, flags); return regex.isValid; }
export function error(): string { return regex.error; }
export function errorAt(): i32 { return regex.errorAt; }
export function test(text: string): bool { return regex.test(text); }
export function find(text: string): bool { match = regex.find(text); return match != null; }
export function group(index: i32): string {
  const found = match!;
  const text = found.group(index);
  return text == null ? "\\u0001" : text;
}
export function start(): i32 { return match!.start; }
export function replaceAll(text: string, replacement: string): string { return regex.replaceAll(text, replacement); }
export function steps(): u64 { return regex.steps; }
export function room(size: i32): usize { input = new Uint8Array(size); return input.dataStart; }
export function testBytes(): bool { return regex.testBytes(input); }
`;

/** The SDK's regular expressions, compiled. */
export class RegexProbe {
  private constructor(private readonly wasm: Loaded<Exports>) {}

  static async load(): Promise<RegexProbe> {
    return new RegexProbe(await loadFunctions<Exports>(source));
  }

  /** Compiles a pattern; what is wrong with it, as `OFFSET: words`, or undefined. */
  compile(pattern: string, flags = ""): string | undefined {
    this.wasm.__collect();
    const pinned = this.wasm.__pin(this.wasm.__newString(pattern));
    const valid = this.wasm.compile(pinned, this.wasm.__newString(flags));
    this.wasm.__unpin(pinned);
    return valid ? undefined : `${this.wasm.errorAt()}: ${this.wasm.__getString(this.wasm.error())}`;
  }

  test(text: string): boolean {
    return this.wasm.test(this.wasm.__newString(text)) !== 0;
  }

  testBytes(bytes: Uint8Array): boolean {
    const at = this.wasm.room(bytes.length);
    new Uint8Array(this.wasm.memory.buffer).set(bytes, at);
    return this.wasm.testBytes() !== 0;
  }

  /** The groups of the first match, and where it begins in bytes. */
  find(text: string, groups: number): { start: number; groups: (string | undefined)[] } | undefined {
    if (!this.wasm.find(this.wasm.__newString(text))) return undefined;
    const found = Array.from({ length: groups }, (_, index) => this.wasm.__getString(this.wasm.group(index)));
    return { start: this.wasm.start(), groups: found.map((text) => (text === "\u0001" ? undefined : text)) };
  }

  replaceAll(text: string, replacement: string): string {
    const pinned = this.wasm.__pin(this.wasm.__newString(text));
    const replaced = this.wasm.__getString(this.wasm.replaceAll(pinned, this.wasm.__newString(replacement)));
    this.wasm.__unpin(pinned);
    return replaced;
  }

  /** How much work the searches of this pattern were. */
  get steps(): bigint {
    return this.wasm.steps();
  }

  collect(): void {
    this.wasm.__collect();
  }
}
