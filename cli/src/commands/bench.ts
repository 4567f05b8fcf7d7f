import { Command, Option } from "commander";
import { MeshwasmError } from "../errors.js";
import type { FilterKind } from "../filter/manifest.js";
import { outputOf } from "../global-options.js";

interface BenchFlags {
  exchanges: number;
  streams: number;
  config?: string;
  rootId?: string;
  kind?: FilterKind;
}

/** `meshwasm bench`. */
export function benchCommand(): Command {
  return new Command("bench")
    .description("measure a filter in the in-process host: time, hostcalls and memory")
    .argument("[target]", "a filter's folder, which is built, or a .wasm file", ".")
    .option("--exchanges <n>", "how many to time, for each case", count("--exchanges", 1, 10_000_000), 20_000)
    .option("--streams <n>", "how many to hold open at once", count("--streams", 0, 100_000), 1000)
    .option("--config <file>", "the plugin's configuration when there is no case, JSON or YAML")
    .option("--root-id <id>", "the id that the filter registered itself under (default: filter.yaml's)")
    .addOption(
      new Option("--kind <kind>", "the chain that the filter is for (default: filter.yaml's)").choices([
        "http",
        "network",
      ]),
    )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm bench
  meshwasm bench --exchanges 200000 --streams 10000
  meshwasm bench --json | jq '.runs[] | {name, medianMicros}'

Sent is what the folder's test/*.yaml send, each case by itself; without one, GET /.`,
    )
    .action(async (path: string, flags: BenchFlags, command: Command) => {
      const output = outputOf(command);
      const { benchFilter, benchText } = await import("../bench/bench.js");
      const document = await benchFilter(path, { ...flags, onWarning: (line) => output.warn(line) });
      output.result(document, benchText(document));
    });
}

function count(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new MeshwasmError("USAGE", `${flag} ${text} is no number from ${least} to ${most}`);
  };
}
