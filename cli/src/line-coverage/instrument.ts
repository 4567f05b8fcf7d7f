/**
 * The few parts of asc's syntax tree that are read and changed here. Declared and not imported: the transform runs inside
 * whichever compiler the filter pins, and must not load a second one.
 */
interface SyntaxNode {
  kind: number;
  range: Range;
}

interface Range {
  start: number;
  end: number;
  source: Source;
}

interface Source extends SyntaxNode {
  normalizedPath: string;
  text: string;
  statements: SyntaxNode[];
}

/** asc's parser, as it hands it to `afterParse`. */
export interface Parser {
  sources: Source[];
  parseFile(text: string, path: string, isEntry: boolean): void;
}

/** Gives each statement of the author's a number: the same one in every build. */
export interface StatementTable {
  /** @param start its offset in the text */
  numberOf(file: string, text: string, start: number): number;
}

/** Where a number is counted: an import of the instrumented module. */
export const coverageModule = "meshwasm_coverage";

const library = "~lib/meshwasm-coverage";

/** Every kind of statement that does something, once each; the last is a block. */
const sample = `a(); let b = 1; if (a) {} for (;;) {} while (a) {} do {} while (a); for (let c of d) {}
switch (a) {} throw a; break; continue; return; {}`;

/**
 * An asc transform that counts: before each statement of the author's files goes a call with the statement's number. It
 * changes the syntax tree and not the text, so that every place in a message stays what it is. A class, as asc wants it.
 */
export function coverageTransform(table: StatementTable): unknown {
  return class CoverageTransform {
    afterParse(parser: Parser): void {
      instrument(parser, table);
    }
  };
}

/** A place in the tree, and how what stands there is replaced. */
interface Spot {
  number: number;
  node: SyntaxNode;
  insert(hit: SyntaxNode, block: BlockNode): void;
}

interface BlockNode extends SyntaxNode {
  statements: SyntaxNode[];
}

function instrument(parser: Parser, table: StatementTable): void {
  const kinds = parsed(parser, "kinds", `function f(): void { ${sample} }`).flatMap(
    (node) => (node as unknown as { body: BlockNode }).body.statements,
  );
  const block = kinds.pop()?.kind ?? -1;
  const executable = new Set(kinds.map(({ kind }) => kind));
  const spots = parser.sources.filter(isAuthors).flatMap((source) => {
    const found: Spot[] = [];
    new Walk(source, table, { executable, block, expression: kinds[0]?.kind ?? -1 }, found).visit(source);
    return found;
  });
  // One parse for all of them: nodes cannot be made in another way without the compiler's own classes.
  const calls = parsed(parser, "calls", spots.map(({ number }) => `__meshwasm_hit(${number});{}`).join("\n"));
  for (const [index, spot] of spots.entries()) {
    const [hit, wrapper] = calls.slice(2 * index, 2 * index + 2) as [SyntaxNode, BlockNode];
    for (const each of [hit, wrapper]) moveTo(spot.node.range, each);
    spot.insert(hit, wrapper);
  }
  const declaration = `// @ts-ignore: decorator
@external("${coverageModule}", "hit")
declare function hit(id: i32): void;
// @ts-ignore: decorator
@global
function __meshwasm_hit(id: i32): void {
  hit(id);
}
`;
  parser.parseFile(declaration, `${library}/hit.ts`, true);
}

/** The author's own: not the SDK, nor the specs, nor what was generated. */
function isAuthors({ normalizedPath, text }: Source): boolean {
  const elsewhere = /^~lib\/|^\.\.|(?:^|\/)(?:node_modules|__tests__)\//;
  return !elsewhere.test(normalizedPath) && !text.startsWith("// Made by meshwasm ");
}

/** The statements of a text that does not become a part of the program. */
function parsed(parser: Parser, name: string, text: string): SyntaxNode[] {
  const before = parser.sources.length;
  parser.parseFile(text, `${library}/${name}.ts`, false);
  return parser.sources.splice(before).flatMap(({ statements }) => statements);
}

class Walk {
  private readonly seen = new Set<object>();

  constructor(
    private readonly source: Source,
    private readonly table: StatementTable,
    private readonly kinds: { executable: ReadonlySet<number>; block: number; expression: number },
    private readonly spots: Spot[],
  ) {}

  visit(node: SyntaxNode): void {
    if (this.seen.has(node)) return;
    this.seen.add(node);
    const holder = node as SyntaxNode & Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      if (key === "range") continue;
      const value = holder[key];
      if (Array.isArray(value)) {
        if (key === "statements") this.statements(holder as unknown as BlockNode);
        for (const each of value) if (isNode(each)) this.visit(each);
      } else if (isNode(value)) {
        if (branches.has(key)) this.branch(holder, key, value);
        this.visit(value);
      }
    }
  }

  private statements(holder: BlockNode): void {
    const { executable, expression } = this.kinds;
    // What a file declares at its top is there from the start; only calls are something that happens.
    const counted = holder === this.source ? new Set([expression]) : executable;
    for (const node of holder.statements) {
      if (!counted.has(node.kind)) continue;
      // Nothing may come before the call of the base class's constructor.
      const isSuper = /^super\s*\(/.test(this.source.text.slice(node.range.start, node.range.start + 20));
      this.spot(node, (hit) => {
        holder.statements.splice(holder.statements.indexOf(node) + Number(isSuper), 0, hit);
      });
    }
  }

  /** `if (a) b();`: what stands there without braces gets some. */
  private branch(holder: Record<string, unknown>, key: string, node: SyntaxNode): void {
    // The body of `a => a + 1` is its value.
    const isFunction = "signature" in holder;
    if (isFunction || node.kind === this.kinds.block || !this.kinds.executable.has(node.kind)) return;
    this.spot(node, (hit, block) => {
      block.statements.push(hit, node);
      holder[key] = block;
    });
  }

  private spot(node: SyntaxNode, insert: Spot["insert"]): void {
    const { normalizedPath, text } = this.source;
    this.spots.push({ number: this.table.numberOf(normalizedPath, text, node.range.start), node, insert });
  }
}

/** Where a statement may stand alone. */
const branches = new Set(["ifTrue", "ifFalse", "body"]);

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "kind" in value && "range" in value;
}

/** Gives new nodes the place of an old one, for messages and source maps. */
function moveTo(range: Range, node: SyntaxNode): void {
  node.range = range;
  for (const value of Object.values(node)) {
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) moveTo(range, each);
  }
}
