import type { Format } from "@meshwasm/oras";
import { Command, Option } from "commander";
import { outputOf } from "../global-options.js";
import { collectPairs } from "../publish/annotations.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";
import { addKeyPasswordOption, type KeyFlags } from "../signing/key-options.js";

interface Flags extends RegistryFlags, KeyFlags {
  annotation: Record<string, string>;
  format: Format;
  force?: boolean;
  semverTags?: boolean;
  sign?: boolean;
  provenance?: boolean;
  sbom?: boolean;
}

/** `meshwasm push`. */
export function pushCommand(): Command {
  const command = addKeyPasswordOption(
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
      .option("--annotation <k=v>", "one more annotation of the manifest; may be repeated", collectPairs, {})
      .option("--sign", "sign it with --key; the signature is there before the tag is")
      .option("--key <file>", "the private key that signs, and that provenance and SBOM are signed with")
      .option("--provenance", "attach how it was built, as SLSA provenance")
      .option("--sbom", "attach what it is made of, from its package-lock.json, as CycloneDX"),
  );
  return addRegistryOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  meshwasm push registry.example.com/filters/hello:1.0.0
  meshwasm push filters/hello registry.example.com/filters/hello:1.0.0 registry.example.com/filters/hello:1
  meshwasm push registry.example.com/filters/hello:1.2.3 --semver-tags
  meshwasm push oci:./mirror:1.0.0                   an OCI image layout on disk
  meshwasm push registry.example.com/filters/hello:1.2.3 --sign --key cosign.key --provenance --sbom
  meshwasm push filter.wasm localhost:5000/hello:dev --json | jq -r .digest

A folder is built first. With one REF, --json prints one object; with more, an array.`,
    )
    .action(async (words: string[], flags: Flags, command: Command) => {
      const output = outputOf(command);
      const { splitSource } = await import("../publish/source-and-refs.js");
      const { pushFilter } = await import("../publish/push-filter.js");
      const { describePush } = await import("../publish/describe.js");
      const { readAttachments } = await import("../signing/read-attachments.js");
      const { source, refs } = await splitSource(words);
      const attachments = await readAttachments(flags);
      const { showingProgress } = await import("../transfer-progress.js");
      const options = {
        ...(await remoteOptions(flags)),
        annotations: flags.annotation,
        format: flags.format,
        force: flags.force,
        semverTags: flags.semverTags,
        attachments,
        output,
      };
      const results = await showingProgress("push", output, (onProgress) =>
        pushFilter(source, refs, { ...options, onProgress }),
      );
      const documents = results.map(
        ({ ref, digest, mediaType, bytes, wasmDigest, loadableBy, attached }) => ({
          ref,
          digest,
          mediaType,
          bytes,
          wasmDigest,
          loadableBy,
          ...(attachments && { attached }),
        }),
      );
      output.result(documents.length === 1 ? documents[0] : documents, results.map(describePush).join("\n"));
    });
}
