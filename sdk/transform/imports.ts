import { envoyImport } from "../host/module/signatures.js";
import {
  type Binaryen,
  type FunctionElement,
  type Module,
  type Program,
  type Range,
  rangeIn,
  reportError,
  type Source,
} from "./compiler.js";

/** What the standard library's imports are called in a source, where it is not the import's own name. */
const spelling: Readonly<Record<string, string>> = { seed: "Math.random" };

/** What there is instead. */
const instead: readonly [pattern: RegExp, advice: string][] = [
  [/^(?:console\.|trace$)/, "use log of @meshwasm/sdk/assembly"],
  [/^seed$/, "declare random_get of wasi_snapshot_preview1 and use that"],
  [/^(?:Date|performance)\.now$/, "use clock of @meshwasm/sdk/assembly"],
];

/**
 * Fails the build for each import that Envoy does not have: it would not load the module. Names the line that needs it.
 */
export function checkImports(program: Program, module: Module, binaryen: Binaryen): void {
  // Of `meshwasm test --coverage`: such a build is never shipped.
  const isInstrumented = program.sources.some(
    ({ normalizedPath }) => normalizedPath === "~lib/meshwasm-coverage/hit.ts",
  );
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const { name, module: from, base } = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
    if (!base || envoyImport("0.2.1", from, base) !== undefined) continue;
    if (from === "meshwasm_coverage" && isInstrumented) continue;
    const declared = declarationOf(program, name);
    if (declared && !isLibrary(declared.source)) {
      reportError(program, `Envoy has no ${from}.${base} that could be imported`, declared);
      continue;
    }
    const spelled = spelling[base] ?? base;
    const advice = instead.find(([pattern]) => pattern.test(base))?.[1];
    const message = `${spelled} needs ${from}.${base}, which Envoy does not have`;
    reportError(program, advice ? `${message}: ${advice}` : message, findUse(program, spelled));
  }
}

function declarationOf(program: Program, internalName: string): Range | undefined {
  const element = program.instancesByName.get(internalName) as FunctionElement | undefined;
  return element?.prototype.declaration.name.range;
}

/** The first place outside the standard library that names `what`: the author's own before a package's. */
function findUse(program: Program, what: string): Range | null {
  const pattern = new RegExp(`(?<![\\w.])${what.replaceAll(".", "\\s*\\.\\s*")}\\s*\\(`);
  const own = program.sources.filter((source) => !isLibrary(source));
  const packages = program.sources.filter((source) => /^~lib\/.+\/.+/.test(source.normalizedPath));
  for (const source of [...own, ...packages]) {
    const found = pattern.exec(withoutComments(source.text));
    if (found) return rangeIn(source, found.index, found[0].length - 1);
  }
  return null;
}

function isLibrary(source: Source): boolean {
  return source.normalizedPath.startsWith("~lib/");
}

/** The text with its comments blanked out, every other character in its place. */
function withoutComments(text: string): string {
  return text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, (comment) => " ".repeat(comment.length));
}
