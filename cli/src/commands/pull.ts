import { join } from "node:path";
import { Command } from "commander";
import { cacheDir } from "../cache-dir.js";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

interface Flags extends RegistryFlags {
  output: string;
}

/** `meshwasm pull`. */
export function pullCommand(): Command {
  return addRegistryOptions(
    new Command("pull")
      .description("fetch a filter from an OCI registry, verified by its digests")
      .argument("<ref>", "HOST/REPO[:TAG][@DIGEST]; without tag and digest: latest")
      .option("-o, --output <dir>", "the folder for plugin.wasm, filter.yaml and the other files", "."),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm pull registry.example.com/filters/hello:1.0.0 -o hello
  meshwasm pull registry.example.com/filters/hello@sha256:… --json | jq -r .wasm`,
    )
    .action(async (ref: string, flags: Flags, command: Command) => {
      const output = outputOf(command);
      const { pullFilter } = await import("../publish/pull-filter.js");
      const { showingProgress } = await import("../transfer-progress.js");
      const remote = await remoteOptions(flags);
      const result = await showingProgress("pull", output, (onProgress) =>
        pullFilter(ref, flags.output, { ...remote, onProgress, partialFolder: join(cacheDir(), "partial") }),
      );
      output.result(result, [`${result.ref}`, ...result.files.map((file) => `  ${file}`)].join("\n"));
    });
}
