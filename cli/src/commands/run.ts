import { Command, Option } from "commander";
import type { FilterKind } from "../filter/manifest.js";
import { outputOf } from "../global-options.js";
import { maskedByDefault } from "../record/masked-names.js";
import type { EngineName } from "../run/engine.js";
import { logPrinter } from "../run/log-printer.js";
import { onTermination } from "../watch/termination.js";

const examples = `
Examples:
  meshwasm run                                       the filter in this folder, in Envoy, before an echo
  meshwasm run --watch                               the same, and each saved change at once
  meshwasm run my-filter --config limits.yaml        with a configuration
  meshwasm run --listen 127.0.0.1:8080 --upstream http://127.0.0.1:3000
  meshwasm run --engine host                         in the in-process host, without an Envoy
  meshwasm run filter.wasm --root-id my-filter       a module that is built already
  meshwasm run --cluster auth=http://127.0.0.1:9000  with a server that the filter calls
  meshwasm run --record test/recorded                writes what passes as cases for meshwasm test

Without --config a folder's config.json or config.yaml is used, if there is one. YAML reaches the filter as JSON.
In recordings * stands for secrets: ${maskedByDefault.join(", ")}, and what --mask names.
Ctrl-C stops everything.`;

interface RunFlags {
  engine: EngineName;
  listen?: string;
  upstream?: string;
  config?: string;
  watch?: boolean;
  cluster?: string[];
  record?: string;
  mask?: string[];
  rootId?: string;
  kind?: FilterKind;
}

const collect = (value: string, before: string[] = []) => [...before, value];

/** `meshwasm run`: a filter in front of an upstream, in a real Envoy or in the in-process host. */
export function runCommand(): Command {
  return new Command("run")
    .description("run a filter in front of an upstream, until Ctrl-C")
    .argument("[target]", "a filter's folder, which is built, or a .wasm file", ".")
    .addOption(
      new Option("--engine <name>", "what runs the filter")
        .choices(["envoy", "host"])
        .default("envoy" as EngineName),
    )
    .option("--listen <host:port>", "where to listen (default: a free port on 127.0.0.1)")
    .option(
      "--upstream <url>",
      "http://, https:// or tcp:// server behind the filter (default: a built-in echo)",
    )
    .option("--config <file>", "the plugin's configuration, JSON or YAML")
    .option("--watch", "build and update when the sources or the configuration change")
    .option(
      "--cluster <name=url>",
      "an http:// server that the filter may call by name; may be repeated",
      collect,
    )
    .option("--record <dir>", "write each exchange as a declarative case, secrets masked")
    .option(
      "--mask <name>",
      "a header, query parameter, form or JSON field to mask too; may be repeated",
      collect,
    )
    .option("--root-id <id>", "the id that the filter registered itself under (default: filter.yaml's)")
    .addOption(
      new Option("--kind <kind>", "the chain that the filter is for (default: filter.yaml's)").choices([
        "http",
        "network",
      ]),
    )
    .addHelpText("after", examples)
    .action(async (path: string, flags: RunFlags, command: Command) => {
      const output = outputOf(command);
      const termination = onTermination();
      try {
        const { runFilter } = await import("../run/run.js");
        const { document, tryIt, ended } = await runFilter({
          ...flags,
          path,
          logLevel: output.verboseOn ? "debug" : "info",
          signal: termination.signal,
          onLog: logPrinter(output),
          onInfo: (line) => output.info(line),
          onWarning: (line) => output.warn(line),
        });
        output.result(
          document,
          `listening on ${document.listen} (${document.engine}), upstream ${document.upstream}`,
        );
        output.info(`try: ${tryIt}`);
        await ended;
      } catch (error) {
        // Ctrl-C is how this command ends, also while it starts.
        if (!termination.signal.aborted) throw error;
      } finally {
        termination.dispose();
      }
    });
}
