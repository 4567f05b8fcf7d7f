import { Reader } from "./reader.js";

/** A function's type in short: `i` i32, `I` i64, `f` f32, `F` f64, `?` anything else; `params>results`. */
export type Signature = string;

/** One import of a module, in the module's order. */
export interface ModuleImport {
  readonly module: string;
  readonly name: string;
  readonly kind: "func" | "table" | "memory" | "global" | "tag";
  /** Empty unless `kind` is `func`. */
  readonly signature: Signature;
  readonly limits: { initial: number; maximum?: number } | undefined;
}

/** One export of a module. */
export interface ModuleExport {
  readonly name: string;
  readonly kind: ModuleImport["kind"];
  readonly signature: Signature;
}

/** What the host must know of a module and the engine's own API does not tell: the types. */
export interface ModuleShape {
  readonly imports: readonly ModuleImport[];
  readonly exports: readonly ModuleExport[];
  /** Pages that its own memories have at first; imported ones have theirs with the import. */
  readonly memories: readonly number[];
}

const KINDS = ["func", "table", "memory", "global", "tag"] as const;
const VALUE_TYPES: Readonly<Record<number, string>> = { 127: "i", 126: "I", 125: "f", 124: "F" };

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Whether bytes begin as a module of version 1 does, and every section ends where it says. */
export function isFramed(bytes: Uint8Array): boolean {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) return false;
  try {
    const module = new Reader(bytes, MAGIC.length, bytes.length);
    while (!module.done) {
      module.byte();
      module.skip(module.varint());
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads the types, imports and exports of a module; the rest is skipped. Never throws: undefined when
 * these sections are cut short or use a form that Envoy's engine of today has not either.
 */
export function readModuleShape(bytes: Uint8Array): ModuleShape | undefined {
  try {
    return readSections(new Reader(bytes, 8, bytes.length));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readSections(module: Reader): ModuleShape {
  const types: Signature[] = [];
  const functions: Signature[] = [];
  const imports: ModuleImport[] = [];
  const exports: ModuleExport[] = [];
  const memories: number[] = [];
  while (!module.done) {
    const id = module.byte();
    const section = module.sub(module.varint());
    if (id === 1) each(section, () => types.push(readType(section)));
    else if (id === 2)
      each(section, () => {
        const found = readImport(section, types);
        imports.push(found);
        if (found.kind === "func") functions.push(found.signature);
      });
    else if (id === 3) each(section, () => functions.push(types[section.varint()] ?? "?"));
    else if (id === 5) each(section, () => memories.push(readLimits(section).initial));
    else if (id === 7)
      each(section, () => {
        const name = section.name();
        const kind = KINDS[section.byte()] ?? "tag";
        const index = section.varint();
        exports.push({ name, kind, signature: kind === "func" ? (functions[index] ?? "?") : "" });
      });
  }
  return { imports, exports, memories };
}

/** Reads a vector: so many times as it says. */
export function each(section: Reader, read: () => void): void {
  for (let left = section.varint(); left > 0; left--) read();
}

/** Reads one function type. @throws RangeError for any other type */
export function readType(section: Reader): Signature {
  if (section.byte() !== 0x60) throw new RangeError("not a function type");
  let signature = "";
  each(section, () => (signature += VALUE_TYPES[section.byte()] ?? "?"));
  signature += ">";
  each(section, () => (signature += VALUE_TYPES[section.byte()] ?? "?"));
  return signature;
}

function readLimits(section: Reader): { initial: number; maximum?: number } {
  const flags = section.byte();
  const initial = section.varint();
  return (flags & 1) === 0 ? { initial } : { initial, maximum: section.varint() };
}

/** Reads one import; `types` are those of the type section. */
export function readImport(section: Reader, types: readonly Signature[]): ModuleImport {
  const module = section.name();
  const name = section.name();
  const kind = KINDS[section.byte()] ?? "tag";
  let signature = "";
  let limits: ModuleImport["limits"];
  if (kind === "func") signature = types[section.varint()] ?? "?";
  else if (kind === "table") {
    section.byte();
    limits = readLimits(section);
  } else if (kind === "memory") limits = readLimits(section);
  else if (kind === "global") {
    section.byte();
    section.byte();
  } else {
    section.byte();
    section.varint();
  }
  return { module, name, kind, signature, limits };
}
