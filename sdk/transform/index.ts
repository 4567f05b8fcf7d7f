import { readFileSync } from "node:fs";
import { answerCallbacks, optionalCallbacks } from "./callbacks.js";
import { type Binaryen, type Module, overrides, type Parser, type Program } from "./compiler.js";
import { checkConfigClass } from "./config-class.js";
import { checkImports } from "./imports.js";
import { registeredFilters } from "./registrations.js";

const library = "~lib/@meshwasm/sdk/assembly/";

/**
 * The asc transform of every filter's build, named by the SDK's asconfig.json, so that plain `npx asc` has it too. It
 * adds the ABI's exports as an entry, removes those callbacks that no registered class overrides, and refuses imports
 * that Envoy does not have and filters registered with the wrong classes.
 */
export default class FilterTransform {
  /** Set by asc, on the prototype. */
  declare readonly program: Program;
  declare readonly binaryen: Binaryen;
  declare readonly baseDir: string;

  constructor() {
    // The prototype is the next build's as soon as one starts in the same process.
    this.program = this.program;
    this.baseDir = this.baseDir;
  }

  afterParse(parser: Parser): void {
    // As a library path: a second entry on disk would give the build two copies of the SDK.
    const text = readFileSync(new URL("../../assembly/exports.ts", import.meta.url), "utf8");
    parser.parseFile(text, `${library}exports.ts`, true);
  }

  afterInitialize(): void {
    checkConfigClass(this.program, this.baseDir);
    const { elementsByName } = this.program;
    if (!elementsByName.has("~lib/rt/tcms/__new")) return;
    // The runtime counts its bytes in a variable that it does not export; memory/collector.ts goes by it.
    const total = elementsByName.get("~lib/rt/tcms/total");
    if (!total)
      throw new Error("this assemblyscript's minimal runtime does not count its bytes: use incremental");
    elementsByName.set("__managed_bytes", total);
  }

  afterCompile(module: Module): void {
    // What is registered decides, not what is declared: an unused class must not cost a callback.
    const registered = registeredFilters(this.program, library);
    const filter = registered.map((each) => each.filter);
    const root = registered.map((each) => each.root);
    const classes = { filter, root, any: [...filter, ...root] };
    for (const { exportName, methods, owner } of optionalCallbacks) {
      const isNeeded = methods.some((method) =>
        classes[owner].some((type) => overrides(type, method, library)),
      );
      if (!isNeeded) module.removeExport(exportName);
    }
    const calls = (hostcall: string) => this.program.instancesByName.has(`${library}${hostcall}`);
    for (const { exportName, hostcalls } of answerCallbacks) {
      if (!hostcalls.some(calls)) module.removeExport(exportName);
    }
    checkImports(this.program, module, this.binaryen);
  }
}
