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
      .option("--no-referrers", "the artifact alone")
      .option("--force", "overwrite the tag of a released version with other content"),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm copy registry.example.com/filters/hello:1.0.0 oci:./mirror
  meshwasm copy oci:./mirror:1.0.0 internal.example.com/filters/hello
  meshwasm copy registry.example.com/a:1 internal.example.com/a:1 --json | jq .bytes`,
    )
    .action(
      async (
        src: string,
        dst: string,
        flags: RegistryFlags & { referrers: boolean; force?: boolean },
        command: Command,
      ) => {
        const output = outputOf(command);
        const { copy } = await import("@meshwasm/oras");
        const { showingProgress } = await import("../transfer-progress.js");
        const options = { ...(await remoteOptions(flags)), recursive: flags.referrers, force: flags.force };
        const result = await showingProgress("copy", output, (onProgress) =>
          copy(src, dst, { ...options, onProgress }),
        );
        const { ref, digest, bytes, referrers } = result;
        output.result(
          result,
          `${ref} is ${digest}: ${bytes} bytes copied, ${referrers} ${referrers === 1 ? "referrer" : "referrers"}`,
        );
      },
    );
}
