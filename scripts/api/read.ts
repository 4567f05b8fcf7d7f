// Reads the SDK's public API, which is what sdk/assembly/index.ts names, with the TypeScript compiler.

import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The checkout's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
const assembly = join(root, "sdk", "assembly");

/** An export, or a member of one. */
export interface ApiItem {
  name: string;
  kind:
    | "constructor"
    | "class"
    | "enum"
    | "function"
    | "namespace"
    | "constant"
    | "method"
    | "property"
    | "callback";
  /** Without its body, on one line; empty for a namespace. */
  signature: string;
  /** The doc comment's text; empty: there is none. */
  doc: string;
  /** Of each parameter that the doc comment names. */
  params: { name: string; text: string }[];
  /** What it gives back, in the doc comment's words; empty: they say nothing. */
  returns: string;
  /** The file that declares it, relative to sdk/assembly. */
  file: string;
  /** The exported class that it derives from. */
  base?: string;
  members: ApiItem[];
}

/** The public API of the SDK. */
export interface Api {
  items: ApiItem[];
  /** Whether `path`, such as `HttpFilter.respond` or `attributes.request.path`, is part of it. */
  has(path: string): boolean;
}

/** Reads it; the sources must compile. */
export function readApi(): Api {
  const config = ts.getParsedCommandLineOfConfigFile(join(assembly, "tsconfig.json"), {}, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: () => {},
  } as ts.ParseConfigFileHost);
  const program = ts.createProgram(config?.fileNames ?? [], config?.options ?? {});
  const checker = program.getTypeChecker();
  const index = program.getSourceFile(join(assembly, "index.ts"));
  if (!index) throw new Error("sdk/assembly/index.ts is not part of its tsconfig.json");
  const reader = new Reader(checker);
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(index)!);
  const symbols = new Map(exported.map((symbol) => [symbol.name, reader.real(symbol)]));
  reader.exported = new Set(symbols.values());
  return {
    items: [...symbols].map(([name, symbol]) => ({ ...reader.item(symbol), name })),
    has(path) {
      const [first = "", ...rest] = path.split(".");
      let at = symbols.get(first);
      for (const name of rest) at = at && reader.member(at, name);
      return at !== undefined;
    },
  };
}

class Reader {
  exported = new Set<ts.Symbol>();

  constructor(private readonly checker: ts.TypeChecker) {}

  /** What an import or a re-export stands for. */
  real(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** A public member, an inherited one included. */
  member(of: ts.Symbol, name: string): ts.Symbol | undefined {
    const own = of.exports?.get(ts.escapeLeadingUnderscores(name));
    const found =
      own ??
      (of.flags & ts.SymbolFlags.Class
        ? this.checker.getPropertyOfType(this.checker.getDeclaredTypeOfSymbol(of), name)
        : undefined);
    const real = found && this.real(found);
    return real && isPublic(real) ? real : undefined;
  }

  item(symbol: ts.Symbol): ApiItem {
    const declaration = symbol.declarations?.[0];
    if (!declaration) throw new Error(`${symbol.name} is declared nowhere`);
    const { doc, params, returns } = this.comment(symbol, declaration);
    const base = ts.isClassDeclaration(declaration) ? this.exportedBase(symbol) : undefined;
    return {
      name: symbol.name,
      kind: kindOf(symbol, declaration),
      signature: signatureOf(declaration),
      ...{ doc, params, returns },
      file: relative(assembly, declaration.getSourceFile().fileName),
      ...(base ? { base: base.name } : {}),
      members: this.members(symbol, base),
    };
  }

  private members(symbol: ts.Symbol, base: ts.Symbol | undefined): ApiItem[] {
    const flags = ts.SymbolFlags;
    if (!(symbol.flags & (flags.Class | flags.Enum | flags.Namespace | flags.ValueModule))) return [];
    const statics = [...(symbol.exports?.values() ?? [])].filter(({ name }) => name !== "prototype");
    const inherited = new Set(base ? this.instance(base).map(({ name }) => name) : []);
    const own = symbol.flags & flags.Class ? this.instance(symbol) : [];
    const maker = symbol.members?.get(ts.InternalSymbolName.Constructor);
    const redeclared = (member: ts.Symbol) =>
      inherited.has(member.name) &&
      !member.declarations?.some(({ parent }) => parent === symbol.declarations?.[0]);
    const visible = [...statics, ...own.filter((member) => !redeclared(member))]
      .map((member) => ({ name: member.name, real: this.real(member) }))
      .filter(({ real }) => isPublic(real));
    const made = maker && isForAuthors(maker) ? [{ ...this.item(maker), name: "constructor" }] : [];
    return [...made, ...visible.map(({ name, real }) => ({ ...this.item(real), name }))];
  }

  private instance(symbol: ts.Symbol): ts.Symbol[] {
    return this.checker.getPropertiesOfType(this.checker.getDeclaredTypeOfSymbol(symbol));
  }

  private exportedBase(symbol: ts.Symbol): ts.Symbol | undefined {
    const [base] = this.checker.getBaseTypes(
      this.checker.getDeclaredTypeOfSymbol(symbol) as ts.InterfaceType,
    );
    const found = base?.symbol;
    if (!found) return undefined;
    return this.exported.has(found) ? found : this.exportedBase(found);
  }

  private comment(symbol: ts.Symbol, declaration: ts.Declaration) {
    const text = (parts: ts.SymbolDisplayPart[] | undefined) => ts.displayPartsToString(parts).trim();
    const tags = symbol.getJsDocTags(this.checker);
    const ofModule = ts.isSourceFile(declaration) ? headOf(declaration) : "";
    return {
      doc: text(symbol.getDocumentationComment(this.checker)) || lineCommentOf(declaration) || ofModule,
      params: tags
        .filter(({ name }) => name === "param")
        .map(({ text: parts }) => {
          const [name = "", ...words] = text(parts).split(/\s+/);
          return { name, text: words.join(" ") };
        }),
      returns: text(tags.find(({ name }) => name === "returns")?.text),
    };
  }
}

/** A file's comment, for what is a file as a whole. */
function headOf(file: ts.SourceFile): string {
  const lines = file.text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("//"));
  if (start < 0) return "";
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("//"));
  return lines
    .slice(start, end)
    .map((line) => line.replace(/^\/\/ ?/, ""))
    .join("\n");
}

/** A decorator hides the doc comment above its `@ts-expect-error` from the compiler. */
function lineCommentOf(declaration: ts.Declaration): string {
  const text = declaration.getSourceFile().text;
  const ranges = ts.getLeadingCommentRanges(text, declaration.pos) ?? [];
  const doc = ranges.map(({ pos, end }) => text.slice(pos, end)).filter((range) => range.startsWith("/**"));
  return (doc.at(-1) ?? "")
    .replace(/^\/\*\*|\*\/$/g, "")
    .replace(/^\s*\* ?/gm, "")
    .replace(/(?:^|\n)\s*@\w[\s\S]*$/, "")
    .trim();
}

/** Whether filters call the constructor: then, and only then, it has a doc comment. */
function isForAuthors(maker: ts.Symbol): boolean {
  const declaration = maker.declarations?.[0];
  return (
    declaration !== undefined && isVisible(declaration) && ts.getJSDocCommentsAndTags(declaration).length > 0
  );
}

/** Neither hidden, nor of the compiler's. */
function isPublic(symbol: ts.Symbol): boolean {
  const declaration = symbol.declarations?.[0];
  if (!declaration || symbol.name.startsWith("__")) return false;
  return !ts.isTypeParameterDeclaration(declaration) && isVisible(declaration);
}

/** Neither private, nor for the SDK's own use. */
function isVisible(declaration: ts.Declaration): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  if (ts.getCombinedModifierFlags(declaration) & hidden) return false;
  const text = declaration.getSourceFile().text.slice(declaration.pos, declaration.getStart());
  return !/\/\*\*\s*(?:\*\s*)?(?:The SDK's own|For `|For the )/.test(text);
}

function kindOf(symbol: ts.Symbol, declaration: ts.Declaration): ApiItem["kind"] {
  if (ts.isClassDeclaration(declaration)) return "class";
  if (ts.isEnumDeclaration(declaration)) return "enum";
  if (ts.isFunctionDeclaration(declaration)) return "function";
  if (ts.isModuleDeclaration(declaration) || ts.isSourceFile(declaration)) return "namespace";
  if (ts.isConstructorDeclaration(declaration)) return "constructor";
  if (ts.isMethodDeclaration(declaration)) return /^on[A-Z]/.test(symbol.name) ? "callback" : "method";
  if (ts.isVariableDeclaration(declaration)) return "constant";
  return "property";
}

/** The declaration up to its body. */
function signatureOf(declaration: ts.Declaration): string {
  if (ts.isSourceFile(declaration) || ts.isModuleDeclaration(declaration)) return "";
  const text = declaration.getText();
  const body = "body" in declaration ? (declaration.body as ts.Node | undefined) : undefined;
  const head =
    ts.isClassDeclaration(declaration) || ts.isEnumDeclaration(declaration)
      ? text.slice(0, text.indexOf("{"))
      : body
        ? text.slice(0, body.getStart() - declaration.getStart())
        : text;
  return head
    .replace(/\/\/ @ts-ignore.*\n/g, "")
    .replace(/\/\*\*[\s\S]*?\*\//g, "")
    .replace(/^\s*@\w+\s*/gm, "")
    .replace(/\s+/g, " ")
    .replace(/\( /g, "(")
    .replace(/,? \)/g, ")")
    .replace(/^(?:export|public) /, "")
    .replace(/^constructor\(.*/, (text) => text.replace(/\b(?:private|public|readonly) /g, ""))
    .trim();
}
