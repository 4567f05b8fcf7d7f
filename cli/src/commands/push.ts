import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { collectPairs } from "../publish/annotations.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

interface Flags extends RegistryFlags {
  annotation: Record<string, string>;
}

/** `meshwasm push`. */
export function pushCommand(): Command {
  return addRegistryOptions(
    new Command("push")
      .description("publish a filter to an OCI registry")
      .usage("[DIR|WASM] REF... [options]")
      .argument(
        "<source-and-refs...>",
        "a filter's folder or module (default: this folder), then HOST/REPO:TAG...",
      )
      .option("--annotation <k=v>", "one more annotation of the manifest; may be repeated", collectPairs, {}),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm push registry.example.com/filters/hello:1.0.0
  meshwasm push filters/hello registry.example.com/filters/hello:1.0.0 registry.example.com/filters/hello:1
  meshwasm push filter.wasm localhost:5000/hello:dev --json | jq -r .digest

A folder is built first. With one REF, --json prints one object; with more, an array.`,
    )
    .action(async (words: string[], flags: Flags, command: Command) => {
      const output = outputOf(command);
      const { splitSource } = await import("../publish/source-and-refs.js");
      const { pushFilter } = await import("../publish/push-filter.js");
      const { describePush } = await import("../publish/describe.js");
      const { source, refs } = await splitSource(words);
      const results = await pushFilter(source, refs, {
        ...(await remoteOptions(flags)),
        annotations: flags.annotation,
        output,
      });
      const documents = results.map(({ ref, digest, mediaType, bytes, wasmDigest, loadableBy }) => ({
        ref,
        digest,
        mediaType,
        bytes,
        wasmDigest,
        loadableBy,
      }));
      output.result(documents.length === 1 ? documents[0] : documents, results.map(describePush).join("\n"));
    });
}
