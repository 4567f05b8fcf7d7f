import { each, readImport, readType, type Signature } from "./binary.js";
import { skipInstruction } from "./instructions.js";
import { MEMORY_PAGES } from "./memory-limit.js";
import { Reader } from "./reader.js";
import { RewrittenModule } from "./rewritten.js";

/**
 * Adds a counter to a module: every turn of a loop, and every call of a function that itself calls others, takes one from it,
 * and below zero the module traps. Each callback begins with `limit` turns; what it makes the host call inside, such as
 * the allocator, counts with it. Its memory gets Envoy's limit too. Nothing is moved but by what is put in between, so every offset can be told back.
 *
 * Undefined for a module that this cannot read (a malformed one, or instructions from after WebAssembly 2.0): it then runs
 * without a limit.
 */
export function limitLoops(bytes: Uint8Array, limit: number): RewrittenModule | undefined {
  try {
    return new LoopLimit(bytes, limit).rewrite();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
} as const;
/** The ids of sections in the order in which they stand. */
const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
/** The callbacks' own budget holds for them: they are called while another runs. */
const ALLOCATORS = ["malloc", "proxy_on_memory_allocate"];

interface Section {
  readonly id: number;
  /** Where its id stands. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

interface FunctionExport {
  readonly name: string;
  readonly index: number;
}

/** A place for the counter in the code. */
interface Turn {
  readonly at: number;
  /** The instruction that it counts for. */
  readonly of: number;
}

class LoopLimit {
  private readonly sections: Section[] = [];
  private readonly types: Signature[] = [];
  private readonly functionTypes: number[] = [];
  private readonly importedTypes: Signature[] = [];
  private importedGlobals = 0;
  private globals = 0;
  private readonly wrapped: FunctionExport[] = [];

  constructor(
    private readonly bytes: Uint8Array,
    private readonly limit: number,
  ) {
    const module = new Reader(bytes, 8, bytes.length);
    while (!module.done) {
      const at = module.position;
      const id = module.byte();
      const size = module.varint();
      const from = module.position;
      module.skip(size);
      this.sections.push({ id, at, from, to: module.position });
      this.note(id, new Reader(bytes, from, module.position));
    }
  }

  private note(id: number, section: Reader): void {
    if (id === SECTION.type) each(section, () => this.types.push(readType(section)));
    else if (id === SECTION.import)
      each(section, () => {
        const { kind, signature } = readImport(section, this.types);
        if (kind === "func") this.importedTypes.push(signature);
        else if (kind === "global") this.importedGlobals++;
      });
    else if (id === SECTION.function) each(section, () => this.functionTypes.push(section.varint()));
    else if (id === SECTION.global) this.globals = section.varint();
    else if (id === SECTION.export)
      each(section, () => {
        const name = section.name();
        const kind = section.byte();
        const index = section.varint();
        if (kind === 0 && index >= this.importedTypes.length && !ALLOCATORS.includes(name))
          this.wrapped.push({ name, index });
      });
  }

  private get functions(): number {
    return this.importedTypes.length + this.functionTypes.length;
  }
  private get turnsGlobal(): number {
    return this.importedGlobals + this.globals;
  }
  private get depthGlobal(): number {
    return this.turnsGlobal + 1;
  }

  rewrite(): RewrittenModule {
    const out = new RewrittenModule(this.bytes, this.functions);
    out.copy(0, 8);
    let missing = !this.sections.some(({ id }) => id === SECTION.global);
    for (const section of this.sections) {
      if (missing && ORDER.indexOf(section.id) > ORDER.indexOf(SECTION.global)) {
        missing = false;
        out.insert(framed(SECTION.global, [...varint(2), ...this.newGlobals()]), section.at);
      }
      this.rewriteSection(out, section);
    }
    return out;
  }

  private rewriteSection(out: RewrittenModule, section: Section): void {
    const { id, at, from, to } = section;
    if (id === SECTION.function)
      this.extend(
        out,
        section,
        this.wrapped.length,
        this.wrapped.flatMap((each) => varint(this.typeOf(each))),
      );
    else if (id === SECTION.global) this.extend(out, section, 2, this.newGlobals());
    else if (id === SECTION.export)
      out.insert(framed(id, this.newExports(new Reader(this.bytes, from, to))), at);
    else if (id === SECTION.memory) this.rewriteMemory(out, section);
    else if (id === SECTION.code) this.rewriteCode(out, section);
    else out.copy(at, to);
  }

  // A vector with more entries behind it.
  private extend(
    out: RewrittenModule,
    { id, at, from, to }: Section,
    count: number,
    entries: number[],
  ): void {
    const section = new Reader(this.bytes, from, to);
    const counted = varint(section.varint() + count);
    const size = counted.length + (to - section.position) + entries.length;
    out.insert([id, ...varint(size), ...counted], at);
    out.copy(section.position, to);
    out.insert(entries, to);
  }

  private typeOf({ index }: FunctionExport): number {
    const type = this.functionTypes[index - this.importedTypes.length];
    if (type === undefined) throw new RangeError("an export of a function that is not there");
    return type;
  }

  private newGlobals(): number[] {
    return [0x7f, 1, 0x41, ...signed(this.limit), 0x0b, 0x7f, 1, 0x41, 0, 0x0b];
  }

  private newExports(section: Reader): number[] {
    const entries: number[] = [];
    const count = section.varint();
    for (let left = count; left > 0; left--) {
      const from = section.position;
      const name = section.name();
      entries.push(...this.bytes.subarray(from, section.position));
      const kind = section.byte();
      const index = section.varint();
      const wrapper = this.wrapped.findIndex((each) => kind === 0 && each.name === name);
      entries.push(kind, ...varint(wrapper < 0 ? index : this.functions + wrapper));
    }
    return [...varint(count), ...entries];
  }

  // The greatest size that Envoy allows becomes the module's own.
  private rewriteMemory(out: RewrittenModule, { id, at, from, to }: Section): void {
    const section = new Reader(this.bytes, from, to);
    const [count, flags, initial] = [section.varint(), section.varint(), section.varint()];
    const maximum = Math.min(MEMORY_PAGES, flags === 1 ? section.varint() : MEMORY_PAGES);
    if (count !== 1 || flags > 1) out.copy(at, to);
    else out.insert(framed(id, [1, 1, ...varint(initial), ...varint(maximum)]), at);
  }

  private rewriteCode(out: RewrittenModule, { at, from, to }: Section): void {
    const section = new Reader(this.bytes, from, to);
    const count = section.varint();
    const counter = this.counter();
    const bodies = Array.from({ length: count }, () => {
      const size = section.varint();
      const start = section.position;
      section.skip(size);
      const turns = findTurns(new Reader(this.bytes, start, start + size));
      return { start, end: start + size, turns, size: size + turns.length * counter.length };
    });
    const wrappers = this.wrapped.flatMap((each) => this.wrapper(each));
    const counted = varint(count + this.wrapped.length);
    const size = bodies.reduce((sum, body) => sum + varint(body.size).length + body.size, 0);
    out.insert([SECTION.code, ...varint(counted.length + size + wrappers.length), ...counted], at);
    for (const { start, end, turns, size } of bodies) {
      out.insert(varint(size), start);
      let done = start;
      for (const turn of turns) {
        out.copy(done, turn.at);
        out.insert(counter, turn.of);
        done = turn.at;
      }
      out.copy(done, end);
    }
    out.insert(wrappers, to);
  }

  // if (--turns < 0) unreachable
  private counter(): number[] {
    const turns = varint(this.turnsGlobal);
    const take = [0x23, ...turns, 0x41, 1, 0x6b, 0x24, ...turns];
    return [...take, 0x23, ...turns, 0x41, 0, 0x48, 0x04, 0x40, 0x00, 0x0b];
  }

  // What is exported in the place of a callback: fills the budget, unless it is called while another callback runs.
  private wrapper(of: FunctionExport): number[] {
    const depth = varint(this.depthGlobal);
    const signature = this.types[this.typeOf(of)] ?? "?";
    const change = (by: number) => [0x23, ...depth, 0x41, 1, by, 0x24, ...depth];
    const refill = [0x41, ...signed(this.limit), 0x24, ...varint(this.turnsGlobal)];
    const body = [0, 0x23, ...depth, 0x45, 0x04, 0x40, ...refill, 0x0b, ...change(0x6a)];
    for (let param = 0; param < signature.indexOf(">"); param++) body.push(0x20, ...varint(param));
    body.push(0x10, ...varint(of.index), ...change(0x6b), 0x0b);
    return [...varint(body.length), ...body];
  }
}

// Loops, and the begin of functions that call: they may call themselves.
function findTurns(body: Reader): Turn[] {
  for (let groups = body.varint(); groups > 0; groups--) body.skipNumbers(2);
  const begin = body.position;
  const turns: Turn[] = [];
  let calls = false;
  while (!body.done) {
    const of = body.position;
    const kind = skipInstruction(body);
    if (kind === "loop") turns.push({ at: body.position, of });
    else calls ||= kind === "call";
  }
  return calls ? [{ at: begin, of: begin }, ...turns] : turns;
}

function framed(id: number, content: number[]): number[] {
  return [id, ...varint(content.length), ...content];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

/** A number from 0 to 2^31 - 1 as a signed one. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 64) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}
