import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

/** `meshwasm list`. */
export function listCommand(): Command {
  return addRegistryOptions(
    new Command("list")
      .description("list the tags of a repository, the highest version first")
      .argument("<repo>", "HOST/REPO, or oci:DIR")
      .option("--all", "tags that only hold signatures too"),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm list registry.example.com/filters/hello
  meshwasm list oci:./mirror --json | jq -r '.tags[]'`,
    )
    .action(async (repo: string, flags: RegistryFlags & { all?: boolean }, command: Command) => {
      const output = outputOf(command);
      const { listTags } = await import("@meshwasm/oras");
      const tags = await listTags(repo, { ...(await remoteOptions(flags)), all: flags.all });
      output.result({ repository: repo, tags }, tags.join("\n"));
    });
}
