import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

/** `meshwasm tag`. */
export function tagCommand(): Command {
  return addRegistryOptions(
    new Command("tag")
      .description("give an artifact another tag in its repository")
      .argument("<ref>", "HOST/REPO[:TAG][@DIGEST], or oci:DIR[:TAG]")
      .argument("<tag>", "the new tag")
      .option("--force", "overwrite the tag of a released version with other content"),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm tag registry.example.com/filters/hello:1.2.3 stable
  meshwasm tag registry.example.com/filters/hello@sha256:… rollback`,
    )
    .action(
      async (ref: string, newTag: string, flags: RegistryFlags & { force?: boolean }, command: Command) => {
        const output = outputOf(command);
        const { tag } = await import("@meshwasm/oras");
        const result = await tag(ref, newTag, { ...(await remoteOptions(flags)), force: flags.force });
        output.result(result, `${result.ref} is ${result.digest}`);
      },
    );
}
