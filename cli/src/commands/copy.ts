import type { CopyCounts } from "@meshwasm/oras";
import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

/** `meshwasm copy`. */
export function copyCommand(): Command {
  return addRegistryOptions(
    new Command("copy")
      .description("copy an artifact, with its signatures and other referrers, between registries and disk")
      .argument("<src>", "HOST/REPO[:TAG][@DIGEST], or oci:DIR[:TAG]")
      .argument("<dst>", "the same; without a tag, the source's")
      .option("--all-tags", "every tag of the source, under its own name")
      .option("--no-referrers", "the artifact alone")
      .option("--force", "overwrite the tag of a released version with other content"),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm copy registry.example.com/filters/hello:1.0.0 oci:./mirror
  meshwasm copy oci:./mirror:1.0.0 internal.example.com/filters/hello
  meshwasm copy --all-tags registry.example.com/filters/hello oci:./mirror
  meshwasm copy registry.example.com/a:1 internal.example.com/a:1 --json | jq .bytes`,
    )
    .action(
      async (
        src: string,
        dst: string,
        flags: RegistryFlags & { allTags?: boolean; referrers: boolean; force?: boolean },
        command: Command,
      ) => {
        const output = outputOf(command);
        const { copy, copyAll } = await import("@meshwasm/oras");
        const { showingProgress } = await import("../transfer-progress.js");
        const remote = { ...(await remoteOptions(flags)), recursive: flags.referrers, force: flags.force };
        await showingProgress("copy", output, async (onProgress) => {
          const options = { ...remote, onProgress };
          if (flags.allTags) {
            const result = await copyAll(src, dst, options);
            const lines = result.copies.map(({ ref, digest }) => `${ref} is ${digest}`);
            return () => output.result(result, [...lines, describe(result)].join("\n"));
          }
          const result = await copy(src, dst, options);
          return () => output.result(result, `${result.ref} is ${result.digest}: ${describe(result)}`);
        }).then((print) => print());
      },
    );
}

function describe({ bytes, referrers }: CopyCounts): string {
  return `${bytes} bytes copied, ${referrers} ${referrers === 1 ? "referrer" : "referrers"}`;
}
