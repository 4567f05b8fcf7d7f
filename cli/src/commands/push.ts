import type { Format } from "@meshwasm/oras";
import { Command, Option } from "commander";
import { outputOf } from "../global-options.js";
import { collectPairs } from "../publish/annotations.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

interface Flags extends RegistryFlags {
  annotation: Record<string, string>;
  format: Format;
  force?: boolean;
  semverTags?: boolean;
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
      .addOption(
        new Option("--format <layout>", "the artifact's layout")
          .choices(["compat", "oci", "cncf"])
          .default("compat" as Format),
      )
      .option("--force", "overwrite the tag of a released version with other content")
      .option("--semver-tags", "for a version 1.2.3 move 1.2, 1 and latest too, where it is the highest")
      .option("--annotation <k=v>", "one more annotation of the manifest; may be repeated", collectPairs, {}),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm push registry.example.com/filters/hello:1.0.0
  meshwasm push filters/hello registry.example.com/filters/hello:1.0.0 registry.example.com/filters/hello:1
  meshwasm push registry.example.com/filters/hello:1.2.3 --semver-tags
  meshwasm push oci:./mirror:1.0.0                   an OCI image layout on disk
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
        format: flags.format,
        force: flags.force,
        semverTags: flags.semverTags,
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
