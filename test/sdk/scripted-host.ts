import type { Random } from "./random.js";

type Hostcall = (...args: number[]) => number;
type Callback = (...args: number[]) => number;

/** How a hostcall of the module under test is answered. */
export type Answer = (name: string, guest: Guest) => Hostcall;

/** A module with nothing but answers around it: no phases, no order, no mercy. */
export class Guest {
  /** What the module has logged. */
  readonly logs: string[] = [];
  private readonly instance: WebAssembly.Instance;

  constructor(module: WebAssembly.Module, answer: Answer) {
    const env: Record<string, Hostcall> = {};
    for (const { name } of WebAssembly.Module.imports(module)) env[name] = answer(name, this);
    this.instance = new WebAssembly.Instance(module, { env });
    this.call("_initialize");
  }

  /** Calls an export. What the module gives back is a number, or 0 for nothing. */
  call(name: string, ...args: number[]): number {
    return (this.instance.exports[name] as Callback)(...args) ?? 0;
  }

  /** The callbacks that it exports. */
  get callbacks(): string[] {
    return Object.keys(this.instance.exports).filter((name) =>
      /^(?:proxy|envoy)_on_|^proxy_validate/.test(name),
    );
  }

  get memory(): DataView {
    return new DataView((this.instance.exports.memory as WebAssembly.Memory).buffer);
  }

  /** Puts bytes into the module's memory, through its allocator, and tells the two places where they are. */
  give(bytes: Uint8Array, ptrSlot: number, lengthSlot: number): void {
    const ptr = bytes.length ? this.call("proxy_on_memory_allocate", bytes.length) : 0;
    new Uint8Array(this.memory.buffer).set(bytes, ptr);
    this.memory.setUint32(ptrSlot, ptr, true);
    this.memory.setUint32(lengthSlot, bytes.length, true);
  }

  text(ptr: number, length: number): string {
    return Buffer.from(this.memory.buffer, ptr, length).toString();
  }
}

/** Header pairs as the host writes them, now and then with a wrong count or length. */
export function randomPairs(random: Random): Uint8Array {
  const pairs = Array.from(
    { length: random.below(6) },
    () => [randomText(random), randomText(random)] as const,
  );
  const sizes = pairs.flatMap(([name, value]) => [name.length, value.length]);
  const words = [pairs.length, ...sizes].map((word) =>
    random.once(8) ? random.of(oddNumbers(random)) : word,
  );
  const head = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) head.writeUInt32LE(word >>> 0, index * 4);
  const body = pairs.flatMap(([name, value]) => [name, Buffer.of(0), value, Buffer.of(0)]);
  const whole = Buffer.concat([head, ...body]);
  return random.once(6) ? whole.subarray(0, random.below(whole.length + 1)) : whole;
}

/** Numbers that lie at the edges of what a length or an id can be. */
export function oddNumbers(random: Random): number[] {
  return [
    0,
    1,
    2,
    255,
    0x7fffffff,
    0x80000000,
    0xfffffffe,
    0xffffffff,
    0x20000000,
    random.word(),
    random.below(100),
  ];
}

/** Text, or bytes that are none. */
export function randomText(random: Random): Uint8Array {
  const texts = ["", "x-a", ":path", "http", "network", "é€", '{"a":[1],"b":2.5,"c":"d"}', "x".repeat(9000)];
  return random.once(3) ? random.bytes(random.below(40)) : Buffer.from(random.of(texts));
}
