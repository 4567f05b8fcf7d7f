import { readFileSync } from "node:fs";
import { optionalCallbacks } from "./callbacks.js";
import { type Module, overrides, type Parser, type Program, typeArgumentsOf } from "./compiler.js";

const library = "~lib/@meshwasm/sdk/assembly/";
const registrations = ["registerHttpFilter", "registerNetworkFilter"];

/**
 * The asc transform of every filter's build, named by the SDK's asconfig.json, so that plain `npx asc` has it too. It
 * adds the ABI's exports as an entry, and removes those callbacks that no registered class overrides.
 */
export default class FilterTransform {
  /** Set by asc. */
  declare readonly program: Program;

  afterParse(parser: Parser): void {
    // As a library path: a second entry on disk would give the build two copies of the SDK.
    const text = readFileSync(new URL("../../assembly/exports.ts", import.meta.url), "utf8");
    parser.parseFile(text, `${library}exports.ts`, true);
  }

  afterCompile(module: Module): void {
    // What is registered decides, not what is declared: an unused class must not cost a callback.
    const registered = registrations.flatMap((name) =>
      typeArgumentsOf(this.program, `${library}dispatch/registry/${name}`),
    );
    const filters = registered.flatMap(([filter]) => (filter ? [filter] : []));
    for (const { exportName, method, owner } of optionalCallbacks) {
      const classes = owner === "any" ? registered.flat() : filters;
      if (!classes.some((type) => overrides(type, method, library))) module.removeExport(exportName);
    }
  }
}
