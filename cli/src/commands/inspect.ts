import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

/** `meshwasm inspect`. */
export function inspectCommand(): Command {
  return addRegistryOptions(
    new Command("inspect")
      .description("say what an artifact or a module is, and who can load it")
      .argument("<ref-or-wasm>", "HOST/REPO[:TAG][@DIGEST], or the path of a module"),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm inspect registry.example.com/filters/hello:1.0.0
  meshwasm inspect build/filter.wasm
  meshwasm inspect registry.example.com/filters/hello:1.0.0 --json | jq -r .digest`,
    )
    .action(async (what: string, flags: RegistryFlags, command: Command) => {
      const output = outputOf(command);
      const { inspectAny } = await import("../publish/inspect-any.js");
      const { describeInspection } = await import("../publish/describe.js");
      const result = await inspectAny(what, await remoteOptions(flags));
      output.result(result, describeInspection(result));
    });
}
